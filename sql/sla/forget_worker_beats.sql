-- Forget workers that are gone. Rows: one a worker. Index: none; there are few.
delete from worker_beats
where beat_at < cast(:before as timestamptz)
