-- Take a tick, so that of several workers one looks. A last tick that is yet to come was a wrong clock's. Rows: one, or none
-- when another one has it. Index: probers_pkey.
insert into probers as known (prober, target, probe, every_s, release, last_tick_at)
values (:prober, :target, :probe, :every_s, :release, :tick)
on conflict (prober, target, probe) do update
set every_s = excluded.every_s,
    release = excluded.release,
    last_tick_at = excluded.last_tick_at,
    seen_at = clock_timestamp()
where known.last_tick_at < excluded.last_tick_at or known.last_tick_at > now() + make_interval(secs => :ahead_s)
