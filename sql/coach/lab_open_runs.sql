-- One row a run that is not over, the oldest first, and why its work was given up where it was. Indexes:
-- coach_run_ends_pkey, jobs_history.
select
    runs.id,
    (
        select coalesce(jobs.error, 'no reason given')
        from jobs
        where jobs.kind = 'coach_run' and jobs.key = cast(runs.id as text) and jobs.outcome = 'failed'
        order by jobs.id desc
        limit 1
    ) as given_up
from coach_runs as runs
where not exists (select from coach_run_ends as ends where ends.run_id = runs.id)
order by runs.number
