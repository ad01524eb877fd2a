-- Note what probers saw: :rounds is JSON, a round a probe and tick, each with what its steps came to, one after the other.
-- What was noted before stays as it was. A round that is no tick, of a day that is forgotten, or yet to come, is left out.
-- The table itself marks the minutes that a tick speaks of. Rows: one a step that was not there. Indexes: probers_pkey,
-- probe_ticks_pkey.
with told as (
    select told.*
    from jsonb_to_recordset(cast(:rounds as jsonb)) as told (
        probe text, target text, prober text, scheduled_at timestamptz, every_s integer, release text, seen jsonb,
        not_run text, late_s double precision, waiting integer
    )
    where
        told.scheduled_at between now() - make_interval(days => :kept_days) and now() + make_interval(secs => :ahead_s)
        and mod(extract(epoch from told.scheduled_at), told.every_s) = 0
),
heard as (
    insert into probers as known (prober, target, probe, every_s, release, last_tick_at, not_run, waiting)
    select distinct on (prober, target, probe)
        prober, target, probe, every_s, release, scheduled_at, not_run, waiting
    from told
    order by prober, target, probe, scheduled_at desc
    on conflict (prober, target, probe) do update
    set every_s = excluded.every_s,
        release = excluded.release,
        last_tick_at = greatest(known.last_tick_at, excluded.last_tick_at),
        not_run = case when excluded.last_tick_at < known.last_tick_at then known.not_run else excluded.not_run end,
        waiting = case when excluded.last_tick_at < known.last_tick_at then known.waiting else excluded.waiting end,
        seen_at = clock_timestamp()
),
steps as (
    select
        told.scheduled_at, told.target, seen.step, told.prober, told.every_s, seen.ok, seen.retried, seen.seconds,
        seen.reason, told.release, greatest(seen.lasted_s, seen.seconds) as lasted_s,
        told.late_s + sum(greatest(seen.lasted_s, seen.seconds)) over (
            partition by told.scheduled_at, told.target, told.prober, told.probe order by seen.place
        ) as ended_s
    from told
    cross join rows from (
        jsonb_to_recordset(told.seen) as (
            step text, ok boolean, retried boolean, seconds double precision, reason text, lasted_s double precision
        )
    ) with ordinality as seen (step, ok, retried, seconds, reason, lasted_s, place)
)

insert into probe_ticks (
    scheduled_at, target, step, prober, every_s, ok, retried, seconds, reason, began_s, ended_s, release
)
select
    scheduled_at, target, step, prober, every_s, ok, retried, seconds, reason,
    greatest(ended_s - lasted_s, 0), ended_s, release
from steps
order by scheduled_at, target, step, prober
on conflict (scheduled_at, target, step, prober) do nothing
