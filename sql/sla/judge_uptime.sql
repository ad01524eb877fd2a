-- Say of some minutes whether the house was up. Down: of at least :enough requests fewer than :up_ratio succeeded. Up:
-- there is evidence, and it is not down. Rows: one a minute with evidence. Indexes: service_minutes_pkey,
-- uptime_minutes_pkey.
with answered as (
    select
        minute,
        sum(n) as requests,
        coalesce(sum(n) filter (where status not in ('2xx', '3xx')), 0) as failed
    from service_minutes
    where
        minute = any(cast(:minutes as timestamptz[]))
        and area <> 'house'
        and status in ('2xx', '3xx', '5xx', 'broken', 'timeout')
    group by minute
)

insert into uptime_minutes (minute, state, requests, failed)
select
    minute,
    case when requests >= :enough and requests - failed < :up_ratio * requests then 'down' else 'up' end,
    requests,
    failed
from answered
order by minute
on conflict (minute) do update
set state = excluded.state, requests = excluded.requests, failed = excluded.failed
