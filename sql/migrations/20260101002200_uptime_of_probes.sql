-- What probes saw says whether the house was up, too: each tick marks the minutes that it speaks of, to the next one.
create function public.bee_mark_probed_minutes() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.stale_minutes as marks (minute)
    select distinct minutes.minute
    from ticks
    left join public.probers
        on probers.prober = ticks.prober
        and probers.target = ticks.target
        and probers.probe = case ticks.step when 'ready' then 'ready' else 'journey' end
    cross join generate_series(
        date_trunc('minute', ticks.scheduled_at at time zone 'UTC') at time zone 'UTC',
        ticks.scheduled_at + make_interval(secs => greatest(coalesce(probers.every_s, 60) - 60, 0)),
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
