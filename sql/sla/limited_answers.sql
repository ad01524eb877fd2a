-- A row a span (:step is hour or day, UTC) since :since in which requests were answered with 429, or passed because a limiter
-- failed: how many of each, whoever asked. In order. Index: service_minutes_limited.
select
    date_trunc(:step, minute at time zone 'UTC') at time zone 'UTC' as since,
    coalesce(cast(sum(n) filter (where status = 'limited') as bigint), 0) as limited,
    coalesce(cast(sum(n) filter (where status = 'uncounted') as bigint), 0) as uncounted
from service_minutes
where minute >= :since and status in ('limited', 'uncounted') and area <> 'house'
group by 1
order by 1
