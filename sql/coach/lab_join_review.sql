-- Let somebody rate in a review. Rows: one, or none for who rates there already. Index: coach_review_raters_pkey.
insert into coach_review_raters (review_id, rater_id)
values (:review_id, :rater_id)
on conflict do nothing
