-- Say of some minutes whether the house was up. Down: of at least :enough requests fewer than :up_ratio succeeded, or a probe
-- failed twice at the tick that speaks of the minute. Up: there is evidence, and it is not down. Rows: one a minute with
-- evidence. Indexes: service_minutes_pkey, probe_ticks_pkey, probers_pkey, uptime_minutes_pkey.
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
),

-- A tick speaks of the time until the next one, at least of its own minute. None are further apart than an hour.
probed as (
    select
        minutes.minute,
        count(*) as probes,
        count(*) filter (where not ticks.ok) as failed_probes
    from unnest(cast(:minutes as timestamptz[])) as minutes (minute)
    inner join probe_ticks as ticks
        on ticks.scheduled_at < minutes.minute + interval '1 minute'
        and ticks.scheduled_at > minutes.minute - interval '1 hour'
    left join probers
        on probers.prober = ticks.prober
        and probers.target = ticks.target
        and probers.probe = case ticks.step when 'ready' then 'ready' else 'journey' end
    where
        ticks.scheduled_at >= minutes.minute
        or ticks.scheduled_at + make_interval(secs => coalesce(probers.every_s, 60)) > minutes.minute + interval '30 seconds'
    group by minutes.minute
),

evidence as (
    select
        minute,
        coalesce(answered.requests, 0) as requests,
        coalesce(answered.failed, 0) as failed,
        coalesce(probed.probes, 0) as probes,
        coalesce(probed.failed_probes, 0) as failed_probes
    from answered
    full join probed using (minute)
)

insert into uptime_minutes (minute, state, requests, failed, probes, failed_probes)
select
    minute,
    case
        when failed_probes > 0 or requests >= :enough and requests - failed < :up_ratio * requests then 'down'
        else 'up'
    end,
    requests,
    failed,
    probes,
    failed_probes
from evidence
order by minute
on conflict (minute) do update
set state = excluded.state,
    requests = excluded.requests,
    failed = excluded.failed,
    probes = excluded.probes,
    failed_probes = excluded.failed_probes
