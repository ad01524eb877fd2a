-- Say how a review ended. Rows: one, or none when that was said before. Index: coach_review_ends_pkey.
insert into coach_review_ends (review_id, outcome, ended_by)
values (:review_id, :outcome, cast(:ended_by as uuid))
on conflict (review_id) do nothing
