-- Close what died in its last attempt. Rows: those closed. Index: jobs_due.
update jobs
set finished_at = now(), outcome = 'failed', error = coalesce(error, 'its worker died ' || attempts || ' times')
where
    finished_at is null
    and attempts >= max_attempts
    and heartbeat_at < now() - make_interval(secs => :dead_after_s)
