-- Forget jobs that ended before a moment, but for the newest of each kind. Rows: those removed. Index: jobs_history.
delete from jobs
where
    finished_at < :before
    and exists (select from jobs as later where later.kind = jobs.kind and later.finished_at > jobs.finished_at)
