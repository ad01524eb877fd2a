-- Have a job run as soon as a worker is free: the one that waits, or a new one. One row: how many rows that touched; none
-- where one is at work. Index: jobs_open.
with hastened as (
    update jobs
    set run_at = now()
    where kind = :kind and key = :key and finished_at is null and started_at is null
    returning id
),
asked as (
    insert into jobs (kind, key)
    select :kind, :key
    where not exists (select from hastened)
    on conflict (kind, key) where finished_at is null do nothing
    returning id
)
select (select count(*) from hastened) + (select count(*) from asked)
