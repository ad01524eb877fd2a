-- End a job well. Rows: one, or none when it is another worker's by now. Index: jobs_pkey.
update jobs
set finished_at = now(), outcome = 'done', error = null, heartbeat_at = now(), rows_done = :rows_done
where id = :id and worker = :worker and finished_at is null
