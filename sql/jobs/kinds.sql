-- A row a kind of job: its newest run that ended, how many ended since :since and how many of them badly, the one that is at
-- work, and the next one; `waits_with`: what the one that is tried again failed with; `has_plain`: whether there
-- are some without a key. By kind. Indexes: jobs_open, jobs_history.
with recursive kinds as (
    select min(kind) as kind
    from jobs
    union all
    select (select min(jobs.kind) from jobs where jobs.kind > kinds.kind)
    from kinds
    where kinds.kind is not null
)
select
    kinds.kind,
    last.started_at,
    last.finished_at,
    last.outcome,
    last.error,
    last.rows_done,
    coalesce(ended.runs, 0) as runs,
    coalesce(ended.failed, 0) as failed,
    open.working_since,
    open.heartbeat_at,
    open.next_at,
    open.waits_with,
    exists (select from jobs where jobs.kind = kinds.kind and jobs.key = '') as has_plain
from kinds
left join lateral (
    select started_at, finished_at, outcome, error, rows_done
    from jobs
    where jobs.kind = kinds.kind and finished_at is not null
    order by finished_at desc
    limit 1
) as last on true
left join lateral (
    select count(*) as runs, count(*) filter (where outcome = 'failed') as failed
    from jobs
    where jobs.kind = kinds.kind and finished_at >= :since
) as ended on true
left join lateral (
    select
        min(started_at) as working_since,
        min(heartbeat_at) filter (where started_at is not null) as heartbeat_at,
        min(run_at) filter (where started_at is null) as next_at,
        min(error) filter (where started_at is null) as waits_with
    from jobs
    where jobs.kind = kinds.kind and finished_at is null
) as open on true
where kinds.kind is not null
order by kinds.kind
