-- Say that a job is alive. Rows: one, or none when it is another worker's by now. Index: jobs_pkey.
update jobs
set heartbeat_at = clock_timestamp(), rows_done = :rows_done
where id = :id and worker = :worker and finished_at is null
