-- Store a run that was done elsewhere, without the cases that the trigger fixes for it. Rows: one, or none for a run that is
-- there already. Index: coach_runs_pkey.
insert into coach_runs
    (id, prompt, candidate_id, baseline_id, cases_as_of, tag, repeats, reuses_answers, most_usd, seed, checker,
        requested_by, requested_at)
values
    (cast(:id as uuid), :prompt, cast(:candidate_id as uuid), cast(:baseline_id as uuid),
        cast(:cases_as_of as timestamptz), :tag, :repeats, :reuses_answers, cast(:most_usd as numeric), :seed, :checker,
        cast(:requested_by as uuid), cast(:requested_at as timestamptz))
on conflict (id) do nothing
