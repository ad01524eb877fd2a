-- Ask for a review of a run; the database makes its pairs. Rows: one. Index: coach_reviews_pkey.
insert into coach_reviews (id, run_id, raters, rubric, seed, asked_by)
values (:id, :run_id, :raters, cast(:rubric as jsonb), :seed, :asked_by)
