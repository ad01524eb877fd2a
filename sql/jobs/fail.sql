-- End an attempt badly: the job comes back after a while, or is closed when its attempts are used up.
-- Rows: one, or none when it is another worker's by now. Index: jobs_pkey.
update jobs
set
    finished_at = case when attempts >= max_attempts then now() end,
    outcome = case when attempts >= max_attempts then 'failed' end,
    started_at = case when attempts >= max_attempts then started_at end,
    run_at = now() + make_interval(secs => :retry_s),
    heartbeat_at = now(),
    error = :error,
    rows_done = :rows_done
where id = :id and worker = :worker and finished_at is null
