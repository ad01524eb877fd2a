-- Say that somebody rated in a review that comes in. Rows: one, or none for who is there already: one may stand in for many.
-- Index: coach_review_raters_pkey.
insert into coach_review_raters (review_id, rater_id, since)
values (cast(:review_id as uuid), cast(:rater_id as uuid), cast(:since as timestamptz))
on conflict do nothing
