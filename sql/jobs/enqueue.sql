-- Ask for a job unless one of its kind and key is open. Rows: at most one inserted. Index: jobs_open.
insert into jobs (kind, key, payload, run_at)
values (:kind, :key, cast(:payload as jsonb), coalesce(cast(:run_at as timestamptz), now()))
on conflict (kind, key) where finished_at is null do nothing
