-- At most one row: the hour that has been marked as stale longest, since before :marked_before, and now is not.
-- Index: stale_hours_pkey; there are few.
delete from stale_hours
where hour = (
    select hour
    from stale_hours
    where marked_at < :marked_before
    order by marked_at, hour
    limit 1
    for update skip locked
)
returning hour
