-- What probes saw says whether the house was up, too: each tick marks the minutes that it speaks of. Of `/ready` those are
-- the ones until the next tick, five at most; a step of a journey speaks of the time that it took.
create function public.bee_mark_probed_minutes() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.stale_minutes as marks (minute)
    select distinct minutes.minute
    from ticks
    cross join generate_series(
        date_trunc('minute', ticks.scheduled_at at time zone 'UTC') at time zone 'UTC',
        ticks.scheduled_at + make_interval(
            secs => case ticks.step when 'ready' then greatest(least(ticks.every_s, 300) - 30, 0) else least(ticks.ended_s, 3600) end
        ),
        interval '1 minute'
    ) as minutes (minute)
    order by minutes.minute
    on conflict (minute) do update
    set marked_at = excluded.marked_at;
    return null;
end
$$;
revoke all on function public.bee_mark_probed_minutes() from public, anon, authenticated, service_role;
create trigger mark_probed_minutes after insert on public.probe_ticks
    referencing new table as ticks
    for each statement execute function public.bee_mark_probed_minutes();
