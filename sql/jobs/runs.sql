-- A row a job that ended since :since, or has not ended: those that have not first, then the newest; below the job :before_id
-- in that order. :state is done, failed or open. Index: jobs_history, jobs_open.
select
    id, kind, key, run_at, attempts, max_attempts, created_at, started_at, heartbeat_at, finished_at, worker, outcome, error,
    rows_done
from jobs
where
    (finished_at is null or finished_at >= :since)
    and (cast(:kind as text) is null or kind = :kind)
    and (cast(:state as text) is null or coalesce(outcome, 'open') = :state)
    and (
        cast(:before_id as bigint) is null
        or (coalesce(finished_at, 'infinity'), id) < (
            select coalesce(place.finished_at, 'infinity'), place.id
            from jobs as place
            where place.id = cast(:before_id as bigint)
        )
    )
order by coalesce(finished_at, 'infinity') desc, id desc
limit cast(:most as integer)
