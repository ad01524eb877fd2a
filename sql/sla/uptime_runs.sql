-- A row a run of minutes in one state, by time: when it began and how many minutes it has. Minutes that nothing is known of
-- are in none. Indexes: uptime_minutes_pkey, service_amendments_time.
with numbered as (
    select
        minute,
        state,
        minute - row_number() over (partition by state order by minute) * interval '1 minute' as island
    from public.bee_uptime_states(:since, :until)
)

select state, min(minute) as starts_at, cast(count(*) as integer) as minutes
from numbered
group by state, island
order by starts_at
