-- Say of some minutes whether the house was up. Down: of at least :enough requests fewer than :up_ratio succeeded, or a probe
-- that speaks of the minute failed twice. Up: there is evidence, and it is not down. Rows: one a minute with evidence.
-- Indexes: service_minutes_pkey, probe_ticks_pkey, uptime_minutes_pkey.
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

-- A step of a journey speaks of the time that it took. `/ready` speaks of the time until its next tick, at least of its own
-- minute and of :carried_s at most; what is only carried into a minute like that is not its own evidence. No tick speaks
-- of anything more than an hour away.
spoken as (
    select minutes.minute, ticks.ok, ticks.step <> 'ready' or ticks.scheduled_at >= minutes.minute as is_own
    from unnest(cast(:minutes as timestamptz[])) as minutes (minute)
    inner join probe_ticks as ticks
        on ticks.scheduled_at < minutes.minute + interval '1 minute'
        and ticks.scheduled_at > minutes.minute - interval '1 hour'
    where
        case
            when ticks.step = 'ready' then
                ticks.scheduled_at >= minutes.minute
                or ticks.scheduled_at + make_interval(secs => least(ticks.every_s, :carried_s))
                > minutes.minute + interval '30 seconds'
            else
                ticks.scheduled_at + make_interval(secs => ticks.began_s) < minutes.minute + interval '1 minute'
                and (
                    ticks.scheduled_at + make_interval(secs => ticks.ended_s) > minutes.minute
                    or ticks.scheduled_at + make_interval(secs => ticks.began_s) >= minutes.minute
                )
        end
),

probed as (
    select
        minute,
        count(*) filter (where is_own) as own,
        count(*) filter (where is_own and not ok) as own_failed,
        count(*) filter (where not is_own) as carried,
        count(*) filter (where not is_own and not ok) as carried_failed
    from spoken
    group by minute
),

-- What is carried into a minute counts only where the minute itself says nothing.
evidence as (
    select
        minute,
        coalesce(answered.requests, 0) as requests,
        coalesce(answered.failed, 0) as failed,
        case when says_itself then coalesce(probed.own, 0) else coalesce(probed.carried, 0) end as probes,
        case when says_itself then coalesce(probed.own_failed, 0) else coalesce(probed.carried_failed, 0) end as failed_probes
    from answered
    full join probed using (minute)
    cross join lateral (
        select coalesce(probed.own, 0) > 0 or coalesce(answered.requests, 0) >= :enough as says_itself
    ) as own
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
