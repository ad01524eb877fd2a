-- At most one row: a run that is not over, and what it took so far. Indexes: coach_runs_pkey, coach_run_ends_pkey,
-- coach_run_outputs_once.
select
    runs.id,
    runs.number,
    runs.prompt,
    runs.candidate_id,
    runs.baseline_id,
    runs.tag,
    runs.repeats,
    runs.reuses_answers,
    runs.most_usd,
    runs.checker,
    runs.requested_by,
    runs.requested_at,
    coalesce(
        (select sum(outputs.cost_usd) from coach_run_outputs as outputs where outputs.run_id = runs.id), 0
    ) as spent_usd
from coach_runs as runs
where runs.id = cast(:run_id as uuid)
    and not exists (select from coach_run_ends as ends where ends.run_id = runs.id)
order by runs.id
