-- At most one row: the job that this worker now has. Index: jobs_due.
with due as (
    select id
    from jobs
    where
        finished_at is null
        and run_at <= now()
        and kind = any(cast(:kinds as text[]))
        and attempts < max_attempts
        and (started_at is null or heartbeat_at < now() - make_interval(secs => :dead_after_s))
    order by run_at, id
    limit 1
    for update skip locked
)

update jobs
set
    attempts = attempts + 1,
    started_at = now(),
    heartbeat_at = now(),
    worker = :worker,
    rows_done = 0
from due
where jobs.id = due.id
returning jobs.id, jobs.kind, jobs.key, jobs.payload, jobs.attempts, jobs.max_attempts
