-- Keep what a judge said of a pair in an order. Rows: one, or none when that was kept before. Index: coach_judgements_once.
insert into coach_judgements (judge_id, pair_id, candidate_was_first, verdict, error, cost_usd)
values (:judge_id, :pair_id, :candidate_was_first, :verdict, :error, :cost_usd)
on conflict (judge_id, pair_id, candidate_was_first) do nothing
