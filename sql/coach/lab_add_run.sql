-- Ask for a run; the cases that it is over are fixed with it. Rows: one, its id and number. Index: coach_runs_pkey.
insert into coach_runs
    (prompt, candidate_id, baseline_id, tag, repeats, reuses_answers, most_usd, seed, checker, requested_by)
values
    (:prompt, cast(:candidate_id as uuid), cast(:baseline_id as uuid), :tag, :repeats, :reuses_answers,
        cast(:most_usd as numeric), :seed, :checker, cast(:requested_by as uuid))
returning id, number
