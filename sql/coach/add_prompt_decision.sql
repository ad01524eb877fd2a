-- Rows: the decision about a request. Index: coach_prompt_decisions_pkey.
insert into coach_prompt_decisions (promotion_id, outcome, decided_by, reason)
values (:promotion_id, :outcome, :decided_by, :reason)
