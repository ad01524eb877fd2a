-- Say how a review that comes in had ended. Rows: one. Index: coach_review_ends_pkey.
insert into coach_review_ends (review_id, outcome, ended_by, ended_at)
values (cast(:review_id as uuid), :outcome, cast(:ended_by as uuid), cast(:ended_at as timestamptz))
