-- Mark the hours of some minutes as stale. Rows: one an hour that was not marked before. Index: stale_hours_pkey.
insert into stale_hours (hour, marked_at)
select distinct date_trunc('hour', minute at time zone 'UTC') at time zone 'UTC', cast(:now as timestamptz)
from unnest(cast(:minutes as timestamptz[])) as minutes (minute)
order by 1
on conflict (hour) do nothing
