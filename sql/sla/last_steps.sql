-- A row a step of the last tick that is known of each prober, target and probe, of those heard of since :since, in the order
-- in which steps are taken. Index: probe_ticks_pkey, read backwards.
select
    ticks.prober, ticks.target, probers.probe, ticks.scheduled_at, ticks.step, ticks.ok, ticks.retried, ticks.seconds,
    ticks.reason, ticks.began_s, ticks.ended_s
from probers
cross join lateral (
    select found.scheduled_at
    from probe_ticks as found
    where
        found.scheduled_at >= :since
        and found.target = probers.target
        and found.prober = probers.prober
        and (found.step = 'ready') = (probers.probe = 'ready')
    order by found.scheduled_at desc
    limit 1
) as newest
inner join probe_ticks as ticks
    on ticks.scheduled_at = newest.scheduled_at
    and ticks.target = probers.target
    and ticks.prober = probers.prober
    and (ticks.step = 'ready') = (probers.probe = 'ready')
where probers.seen_at >= :since
order by ticks.prober, ticks.target, probers.probe, ticks.began_s, ticks.ended_s
