-- Note what probers saw: :rounds is JSON, a round a probe and tick, each with what its steps came to. What was noted before
-- stays as it was. A round that is no tick, of a day that is forgotten, or yet to come, is left out. The table itself marks
-- the minutes that a tick speaks of. Rows: one a step that was not there. Indexes: probers_pkey, probe_ticks_pkey.
with told as (
    select told.*
    from jsonb_to_recordset(cast(:rounds as jsonb)) as told (
        probe text, target text, prober text, scheduled_at timestamptz, every_s integer, release text, seen jsonb
    )
    where
        told.scheduled_at between now() - make_interval(days => :kept_days) and now() + make_interval(secs => :ahead_s)
        and mod(extract(epoch from told.scheduled_at), told.every_s) = 0
),
heard as (
    insert into probers as known (prober, target, probe, every_s, release, last_tick_at)
    select distinct on (prober, target, probe) prober, target, probe, every_s, release, scheduled_at
    from told
    order by prober, target, probe, scheduled_at desc
    on conflict (prober, target, probe) do update
    set every_s = excluded.every_s,
        release = excluded.release,
        last_tick_at = greatest(known.last_tick_at, excluded.last_tick_at),
        seen_at = clock_timestamp()
)

insert into probe_ticks (scheduled_at, target, step, prober, ok, retried, seconds, reason, release)
select
    told.scheduled_at, told.target, seen.step, told.prober, seen.ok, seen.retried, seen.seconds, seen.reason, told.release
from told
cross join jsonb_to_recordset(told.seen) as seen (
    step text, ok boolean, retried boolean, seconds double precision, reason text
)
order by told.scheduled_at, told.target, seen.step, told.prober
on conflict (scheduled_at, target, step, prober) do nothing
