-- A row a worker, prober and process that measures, of the last day, by kind and name: when it was last heard of.
-- Indexes: none; there are few.
select kind, name, seen_at
from (
    select 'worker' as kind, worker as name, beat_at as seen_at
    from worker_beats
    union all
    select 'prober', prober || ', ' || probe, max(seen_at)
    from probers
    group by prober, probe
    union all
    select 'recorder', 'release ' || release, max(seen_at)
    from service_recorders
    group by release
) as heard
where seen_at > cast(:now as timestamptz) - interval '1 day'
order by kind, name
