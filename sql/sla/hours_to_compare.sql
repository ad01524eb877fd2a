-- A row an hour, route and release, prompt or model (:by) of an objective, from the day before :since and before :until, by time:
-- how many events were good and bad. Only routes with a bad event since then. Index: objective_hours_pkey.
with named as (
    select
        hour,
        route,
        case :by when 'prompt' then prompt when 'model' then model else release end as name,
        good,
        bad
    from objective_hours
    where
        objective = :objective and hour >= cast(:since as timestamptz) - interval '1 day' and hour < :until
)

select hour, route, name, cast(sum(good) as bigint) as good, cast(sum(bad) as bigint) as bad
from named
where route in (select route from named where hour >= :since and bad > 0)
group by hour, route, name
order by hour, route, name
