-- A row a kind of job that is due or runs, the longest due first: how many, and since when the oldest is due; and of those of
-- the last day how many failed for good. Indexes: jobs_due, jobs_history.
select
    kind,
    count(*) filter (where finished_at is null) as waiting,
    count(*) filter (where finished_at is null and started_at is not null) as running,
    min(run_at) filter (where finished_at is null) as due_since,
    count(*) filter (where outcome = 'failed') as failed
from jobs
where
    finished_at is null and run_at <= cast(:now as timestamptz)
    or finished_at > cast(:now as timestamptz) - interval '1 day' and outcome = 'failed'
group by kind
order by due_since nulls last, kind
