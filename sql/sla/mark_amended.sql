-- Mark the hours from :starts_at to :ends_at, as far as they have begun, as stale. Rows: one an hour that was not marked.
insert into stale_hours (hour)
select hours.hour
from generate_series(
    date_trunc('hour', cast(:starts_at as timestamptz) at time zone 'UTC') at time zone 'UTC',
    least(cast(:ends_at as timestamptz), now()),
    interval '1 hour'
) as hours (hour)
order by hours.hour
on conflict do nothing
