-- A row a release whose first requests came from :since and before :until, by time, with the minute in which they came. What
-- was there the day before did not begin then. Indexes: objective_hours_pkey, service_minutes_pkey.
with hours as (
    select release, min(hour) as hour
    from objective_hours
    where
        objective = 'availability'
        and hour >= date_trunc('hour', cast(:since as timestamptz)) - interval '1 day'
        and hour < cast(:until as timestamptz)
    group by release
)

select hours.release, coalesce(first.minute, hours.hour) as at
from hours
left join lateral (
    select min(minutes.minute) as minute
    from service_minutes as minutes
    where
        minutes.minute >= hours.hour
        and minutes.minute < hours.hour + interval '1 hour'
        and minutes.release = hours.release
) as first on true
where coalesce(first.minute, hours.hour) >= cast(:since as timestamptz)
order by at, hours.release
