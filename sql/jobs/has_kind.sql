-- One row: whether a job of that kind and key was ever asked for. Index: jobs_history.
select exists (select from jobs where kind = :kind and key = :key)
