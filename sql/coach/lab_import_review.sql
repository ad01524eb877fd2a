-- Store a review that was made elsewhere; the database pairs its run's answers. Rows: one, or none for one that is there
-- already. Index: coach_reviews_pkey.
insert into coach_reviews (id, run_id, raters, rubric, seed, asked_by, asked_at)
values
    (cast(:id as uuid), cast(:run_id as uuid), :raters, cast(:rubric as jsonb), :seed, cast(:asked_by as uuid),
        cast(:asked_at as timestamptz))
on conflict (id) do nothing
