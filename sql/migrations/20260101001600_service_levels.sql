-- Service levels: what every request came to, minute by minute; what was promised; who is told when it burns.

-- A sketch is pairs of bucket and count, by bucket; bucket 0 ends at exactly one second (see bee/sla/sketch.py).
create function public.bee_add_sketches(one integer[], other integer[]) returns integer[]
language sql immutable
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(array_agg(array[bucket, cast(number as integer)] order by bucket), '{}')
    from (
        select pairs.bucket, sum(pairs.number) as number
        from (
            select one[place][1] as bucket, one[place][2] as number
            from generate_subscripts(one, 1) as place
            union all
            select other[place][1], other[place][2]
            from generate_subscripts(other, 1) as place
        ) as pairs
        group by pairs.bucket
    ) as summed
$$;
revoke all on function public.bee_add_sketches(integer[], integer[])
    from public, anon, authenticated, service_role;
grant execute on function public.bee_add_sketches(integer[], integer[]) to bee_system;

-- How the logins use their connections, without a word of what they do; null where the owner may not see it.
create function public.bee_database_activity()
returns table (login text, connections bigint, busy bigint, longest_s double precision, waiting bigint)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        sessions.usename,
        count(*),
        case when bool_and(seen.is_all) then count(*) filter (where sessions.state <> 'idle') end,
        case
            when bool_and(seen.is_all)
            then coalesce(extract(epoch from max(clock_timestamp() - sessions.xact_start)), 0)
        end,
        count(*) filter (where exists (select from pg_locks where pg_locks.pid = sessions.pid and not pg_locks.granted))
    from pg_stat_activity as sessions
    cross join (select pg_has_role(current_user, 'pg_read_all_stats', 'usage') as is_all) as seen
    where sessions.datname = current_database() and sessions.usename like 'bee\_%' and sessions.pid <> pg_backend_pid()
    group by sessions.usename
$$;
revoke all on function public.bee_database_activity() from public, anon, authenticated, service_role;
grant execute on function public.bee_database_activity() to bee_oncall, bee_admin;

-- What requests came to: a row a minute, route, release, prompt, model and status; every process adds to it.
-- `status`: the class, or limited (429 by policy), broken (cut off after the headers), timeout (the client waited too
-- long), gone (the client left), uncounted (passed because the limiter failed: beside the request's own row).
create table public.service_minutes (
    minute timestamptz not null check (minute = date_trunc('minute', minute at time zone 'UTC') at time zone 'UTC'),
    route text not null check (length(route) between 1 and 200),
    release text not null check (length(release) <= 100),
    prompt text not null default '' check (length(prompt) <= 100),
    model text not null default '' check (length(model) <= 100),
    status text not null check (status in (
        '2xx', '3xx', '4xx', 'limited', '5xx', 'broken', 'timeout', 'gone', 'uncounted'
    )),
    area text not null check (area in ('api', 'coach', 'house')),
    n bigint not null check (n > 0),
    seconds double precision not null default 0,
    complete integer[] not null default '{}',
    first_byte integer[] not null default '{}',
    primary key (minute, route, release, prompt, model, status)
);
-- Of weeks of minutes only a few had a request that met a limit.
create index service_minutes_limited on public.service_minutes (minute) where status in ('limited', 'uncounted');

-- The same since ever, for counters that never go back.
create table public.service_totals (
    route text not null,
    release text not null,
    status text not null,
    n bigint not null check (n > 0),
    seconds double precision not null default 0,
    complete integer[] not null default '{}',
    first_byte integer[] not null default '{}',
    primary key (route, release, status)
);

-- Requests that a process could not keep while the database was away: the minutes are known to be incomplete.
create table public.service_gaps (
    id uuid primary key,
    minute timestamptz not null,
    requests bigint not null check (requests > 0),
    noted_at timestamptz not null default now()
);
create index service_gaps_minute on public.service_gaps (minute);

-- The processes that measure, and how often each has added up: the same addition is never made twice.
create table public.service_recorders (
    id uuid primary key,
    release text not null check (length(release) <= 100),
    flushes bigint not null check (flushes > 0),
    seen_at timestamptz not null default clock_timestamp()
);

-- What changed since the figures below were made from it. Marking again locks the mark, so that whoever takes it off
-- waits for what was added.
create table public.stale_minutes (
    minute timestamptz primary key,
    marked_at timestamptz not null default clock_timestamp()
);
create table public.stale_hours (
    hour timestamptz primary key,
    marked_at timestamptz not null default clock_timestamp()
);

-- What each objective came to in a minute: how many of its events were good, and how many were not. Made anew from the
-- requests whenever they change; of what is no request the worker says each minute how it stands, and it stays.
create table public.objective_minutes (
    minute timestamptz not null check (minute = date_trunc('minute', minute at time zone 'UTC') at time zone 'UTC'),
    objective text not null check (objective ~ '^[a-z][a-z_]{0,39}$'),
    good bigint not null check (good >= 0),
    bad bigint not null check (bad >= 0),
    primary key (minute, objective),
    constraint objective_minutes_say_something check (good + bad > 0)
);

-- The same by hour and what the requests were charged to; made anew from the requests.
create table public.objective_hours (
    hour timestamptz not null,
    objective text not null,
    route text not null,
    release text not null,
    prompt text not null,
    model text not null,
    good bigint not null check (good >= 0),
    bad bigint not null check (bad >= 0),
    primary key (objective, hour, route, release, prompt, model)
);

-- Whether the house was up, by minute, from the requests and the probes of that minute. Without either there is no row:
-- it is not known.
create table public.uptime_minutes (
    minute timestamptz primary key check (minute = date_trunc('minute', minute at time zone 'UTC') at time zone 'UTC'),
    state text not null check (state in ('up', 'down')),
    requests bigint not null default 0 check (requests >= 0),
    failed bigint not null default 0 check (failed between 0 and requests),
    probes integer not null default 0 check (probes >= 0),
    failed_probes integer not null default 0 check (failed_probes between 0 and probes)
);

-- What people say of some minutes: maintenance, declared before it begins and then in no figure, or a correction of
-- whether the house was up. What was measured stays as it is, so that withdrawing one restores every number.
create table public.service_amendments (
    id bigint generated always as identity primary key,
    kind text not null check (kind in ('maintenance', 'correction')),
    starts_at timestamptz not null
        check (starts_at = date_trunc('minute', starts_at at time zone 'UTC') at time zone 'UTC'),
    ends_at timestamptz not null check (ends_at = date_trunc('minute', ends_at at time zone 'UTC') at time zone 'UTC'),
    state text check (state in ('up', 'down', 'unknown')),
    reason text not null check (length(reason) between 1 and 500),
    declared_by uuid not null references public.staff (id),
    declared_at timestamptz not null default now(),
    uptime_before double precision check (uptime_before between 0 and 1),
    uptime_after double precision check (uptime_after between 0 and 1),
    withdrawn_at timestamptz,
    withdrawn_by uuid references public.staff (id),
    withdrawn_because text check (length(withdrawn_because) between 1 and 500),
    constraint service_amendments_end_after_they_start check (ends_at > starts_at),
    constraint service_amendments_last_a_week_at_most check (ends_at <= starts_at + interval '7 days'),
    constraint service_amendments_correct_a_state check ((kind = 'correction') = (state is not null)),
    constraint service_amendments_declare_before check (kind <> 'maintenance' or declared_at <= starts_at),
    constraint service_amendments_correct_what_was check (kind <> 'correction' or declared_at >= ends_at),
    constraint service_amendments_withdrawn_whole check (
        (withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdrawn_because is null)
    )
);
create index service_amendments_time on public.service_amendments (starts_at) where withdrawn_at is null;

-- Maintenance that goes otherwise than declared: moved before it begins, or ended while it runs, by its author or an admin.
-- The newest that was not withdrawn counts; an ending can be withdrawn, and then what was declared counts again.
create table public.service_maintenance_changes (
    id bigint generated always as identity primary key,
    amendment bigint not null references public.service_amendments (id),
    kind text not null check (kind in ('moved', 'ended')),
    starts_at timestamptz not null
        check (starts_at = date_trunc('minute', starts_at at time zone 'UTC') at time zone 'UTC'),
    ends_at timestamptz not null check (ends_at = date_trunc('minute', ends_at at time zone 'UTC') at time zone 'UTC'),
    reason text not null check (length(reason) between 1 and 500),
    changed_by uuid not null references public.staff (id),
    changed_at timestamptz not null default now(),
    withdrawn_at timestamptz,
    withdrawn_by uuid references public.staff (id),
    withdrawn_because text check (length(withdrawn_because) between 1 and 500),
    constraint service_maintenance_ends_after_it_starts check (ends_at > starts_at),
    constraint service_maintenance_lasts_a_week_at_most check (ends_at <= starts_at + interval '7 days'),
    constraint service_maintenance_moved_ahead check (kind <> 'moved' or changed_at <= starts_at),
    constraint service_maintenance_ended_when_said check (kind <> 'ended' or changed_at <= ends_at),
    constraint service_maintenance_change_withdrawn_whole check (
        (withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdrawn_because is null)
    ),
    constraint service_maintenance_only_endings_are_withdrawn check (withdrawn_at is null or kind = 'ended')
);
create index service_maintenance_changes_amendment on public.service_maintenance_changes (amendment, id)
    where withdrawn_at is null;

-- What people say of some time now: each amendment that was not withdrawn, and when it is, after what changed.
create function public.bee_amended(since timestamptz, until timestamptz)
returns table (id bigint, kind text, state text, starts_at timestamptz, ends_at timestamptz)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select said.id, said.kind, said.state, said.starts_at, said.ends_at
    from (
        select
            amendments.id, amendments.kind, amendments.state,
            coalesce(changed.starts_at, amendments.starts_at) as starts_at,
            coalesce(changed.ends_at, amendments.ends_at) as ends_at
        from public.service_amendments as amendments
        left join lateral (
            select changes.starts_at, changes.ends_at
            from public.service_maintenance_changes as changes
            where changes.amendment = amendments.id and changes.withdrawn_at is null
            order by changes.id desc
            limit 1
        ) as changed on true
        where amendments.withdrawn_at is null
    ) as said
    where said.starts_at < until and said.ends_at > since
$$;

-- A change is of maintenance that stands, and comes in time: a move before it begins, an ending while it runs.
create function public.bee_check_maintenance_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    before record;
begin
    select
        coalesce(changed.starts_at, amendments.starts_at) as starts_at,
        coalesce(changed.ends_at, amendments.ends_at) as ends_at
    into before
    from public.service_amendments as amendments
    left join lateral (
        select changes.starts_at, changes.ends_at
        from public.service_maintenance_changes as changes
        where changes.amendment = amendments.id and changes.withdrawn_at is null and changes.id < new.id
        order by changes.id desc
        limit 1
    ) as changed on true
    where amendments.id = new.amendment and amendments.kind = 'maintenance' and amendments.withdrawn_at is null;
    if not found then
        raise exception 'there is no such maintenance'
            using errcode = 'check_violation', constraint = 'service_maintenance_change_of_what_stands';
    elsif new.kind = 'moved' and before.starts_at <= new.changed_at then
        raise exception 'it has begun'
            using errcode = 'check_violation', constraint = 'service_maintenance_moved_before_it_begins';
    elsif
        new.kind = 'ended'
        and (new.starts_at <> before.starts_at or before.starts_at > new.changed_at or new.ends_at >= before.ends_at)
    then
        raise exception 'it does not run'
            using errcode = 'check_violation', constraint = 'service_maintenance_ended_while_it_runs';
    end if;
    return null;
end
$$;
revoke all on function public.bee_check_maintenance_change() from public, anon, authenticated, service_role;
create trigger check_maintenance_change after insert on public.service_maintenance_changes
    for each row execute function public.bee_check_maintenance_change();

-- How the requests of some minutes count for some objectives, by row of service_minutes. Refusals by policy, faults of
-- clients and those who left are no events. A failure is as slow as can be. What the limiter let in because it failed
-- is taken off the good, where its own row put it. `asked`: a list of objective, areas, indicator and bucket.
create function public.bee_judged(minutes timestamptz[], asked jsonb)
returns table (
    minute timestamptz, objective text, route text, release text, prompt text, model text, good bigint, bad bigint
)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select
        measured.minute, asked_for.objective, measured.route, measured.release, measured.prompt, measured.model,
        case
            when measured.status = 'uncounted' then -measured.n
            when measured.status not in ('2xx', '3xx') then 0
            when timed.sketch is null then measured.n
            else counted.timely
        end as good,
        case
            when measured.status not in ('2xx', '3xx') then measured.n
            when timed.sketch is null then 0
            else counted.events - counted.timely
        end as bad
    from jsonb_to_recordset(asked) as asked_for (objective text, areas text[], indicator text, bucket integer)
    inner join public.service_minutes as measured
        on measured.area = any(asked_for.areas) and measured.minute = any(minutes)
    cross join lateral (
        select
            case asked_for.indicator
                when 'latency' then measured.complete
                when 'first_byte' then measured.first_byte
            end as sketch
    ) as timed
    cross join lateral (
        select
            coalesce(sum(timed.sketch[place][2]), 0) as events,
            coalesce(sum(timed.sketch[place][2]) filter (where timed.sketch[place][1] <= asked_for.bucket), 0) as timely
        from generate_subscripts(timed.sketch, 1) as place
    ) as counted
    where
        measured.status in ('2xx', '3xx', '5xx', 'broken')
        or measured.status = 'timeout' and asked_for.indicator <> 'errors'
        or measured.status = 'uncounted' and asked_for.indicator = 'availability'
$$;

-- Whether the house was up in each minute of a time that anything is known of: what was measured, and over it the newest
-- correction, else maintenance.
create function public.bee_uptime_states(since timestamptz, until timestamptz)
returns table (minute timestamptz, state text)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with amended as (
        select distinct on (minutes.minute)
            minutes.minute, coalesce(amendments.state, 'maintenance') as state
        from public.bee_amended(since, until) as amendments
        cross join generate_series(
            greatest(amendments.starts_at, since), least(amendments.ends_at, until) - interval '1 minute',
            interval '1 minute'
        ) as minutes (minute)
        order by minutes.minute, amendments.kind, amendments.id desc
    )
    select coalesce(amended.minute, kept.minute), coalesce(amended.state, kept.state)
    from (
        select uptime_minutes.minute, uptime_minutes.state
        from public.uptime_minutes
        where uptime_minutes.minute >= since and uptime_minutes.minute < until
    ) as kept
    full join amended on amended.minute = kept.minute
$$;

-- What counts for each objective in each minute of a time: maintenance is left out, uptime is as it was corrected.
create function public.bee_objective_counts(since timestamptz, until timestamptz)
returns table (minute timestamptz, objective text, good bigint, bad bigint)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    with maintained as (
        select distinct minutes.minute
        from public.bee_amended(since, until) as amendments
        cross join generate_series(
            greatest(amendments.starts_at, since), least(amendments.ends_at, until) - interval '1 minute',
            interval '1 minute'
        ) as minutes (minute)
        where amendments.kind = 'maintenance'
    )
    select kept.minute, kept.objective, kept.good, kept.bad
    from public.objective_minutes as kept
    where
        kept.minute >= since
        and kept.minute < until
        and not exists (select from maintained where maintained.minute = kept.minute)
    union all
    select states.minute, 'uptime', cast(states.state = 'up' as integer), cast(states.state = 'down' as integer)
    from public.bee_uptime_states(since, until) as states
    where states.state in ('up', 'down')
$$;
revoke all on function
    public.bee_judged(timestamptz[], jsonb), public.bee_uptime_states(timestamptz, timestamptz),
    public.bee_objective_counts(timestamptz, timestamptz), public.bee_amended(timestamptz, timestamptz)
    from public, anon, authenticated, service_role;
grant execute on function public.bee_judged(timestamptz[], jsonb) to bee_worker;
grant execute on function
    public.bee_uptime_states(timestamptz, timestamptz), public.bee_objective_counts(timestamptz, timestamptz),
    public.bee_amended(timestamptz, timestamptz)
    to bee_oncall, bee_admin, bee_worker, bee_system;

alter table public.service_minutes enable row level security;
alter table public.service_totals enable row level security;
alter table public.service_recorders enable row level security;
alter table public.service_gaps enable row level security;
alter table public.stale_minutes enable row level security;
alter table public.stale_hours enable row level security;
alter table public.objective_minutes enable row level security;
alter table public.objective_hours enable row level security;
alter table public.uptime_minutes enable row level security;
alter table public.service_amendments enable row level security;
alter table public.service_maintenance_changes enable row level security;
revoke all on
    public.service_minutes, public.service_totals, public.service_gaps, public.service_recorders,
    public.stale_minutes, public.stale_hours, public.objective_minutes, public.objective_hours, public.uptime_minutes,
    public.service_amendments, public.service_maintenance_changes
    from public, anon, authenticated, service_role;
revoke all on sequence public.service_amendments_id_seq, public.service_maintenance_changes_id_seq
    from public, anon, authenticated, service_role;

-- The API adds up, the worker derives and forgets, on-call and admins read.
grant select, insert, update on public.service_minutes, public.service_totals, public.service_recorders to bee_system;
grant select, insert on public.service_gaps to bee_system;
grant select, insert, update on public.stale_minutes to bee_system;
create policy system on public.service_minutes to bee_system using (true) with check (true);
create policy system on public.service_totals to bee_system using (true) with check (true);
create policy system on public.service_recorders to bee_system using (true) with check (true);
create policy system on public.service_gaps to bee_system using (true) with check (true);
create policy system on public.stale_minutes to bee_system using (true) with check (true);
grant select, delete on public.service_minutes, public.service_recorders, public.service_gaps to bee_worker;
create policy worker on public.service_gaps to bee_worker using (true);
create policy worker on public.service_minutes to bee_worker using (true);
create policy worker on public.service_recorders to bee_worker using (true);
grant select, insert, update, delete on public.stale_minutes, public.stale_hours to bee_worker;
create policy worker on public.stale_minutes to bee_worker using (true) with check (true);
create policy worker on public.stale_hours to bee_worker using (true) with check (true);
grant select on public.service_minutes, public.service_gaps, public.service_recorders to bee_oncall, bee_admin;
create policy staff on public.service_recorders for select to bee_oncall, bee_admin using (true);
create policy staff on public.service_minutes for select to bee_oncall, bee_admin using (true);
create policy staff on public.service_gaps for select to bee_oncall, bee_admin using (true);

grant select, insert, update, delete on public.objective_minutes, public.objective_hours, public.uptime_minutes
    to bee_worker;
create policy worker on public.objective_minutes to bee_worker using (true) with check (true);
create policy worker on public.objective_hours to bee_worker using (true) with check (true);
create policy worker on public.uptime_minutes to bee_worker using (true) with check (true);
grant select on public.objective_minutes, public.objective_hours, public.uptime_minutes to bee_oncall, bee_admin;
create policy staff on public.objective_minutes for select to bee_oncall, bee_admin using (true);
create policy staff on public.objective_hours for select to bee_oncall, bee_admin using (true);
create policy staff on public.uptime_minutes for select to bee_oncall, bee_admin using (true);

-- What they say makes hours stale.
grant insert on public.stale_hours to bee_oncall, bee_admin;
create policy amenders on public.stale_hours for insert to bee_oncall, bee_admin with check (true);

-- Whoever is on call or an admin declares maintenance and corrects, in their own name, and withdraws it once.
grant select on public.service_amendments to bee_oncall, bee_admin, bee_worker;
grant insert (kind, starts_at, ends_at, state, reason, declared_by) on public.service_amendments to bee_oncall, bee_admin;
grant update (uptime_before, uptime_after, withdrawn_at, withdrawn_by, withdrawn_because) on public.service_amendments
    to bee_oncall, bee_admin;
create policy readers on public.service_amendments for select to bee_oncall, bee_admin, bee_worker using (true);

-- The API tells Prometheus what each objective came to; who amended what, and why, it has no need of.
grant select on public.objective_minutes, public.uptime_minutes to bee_system;
grant select (id, kind, starts_at, ends_at, state, withdrawn_at) on public.service_amendments to bee_system;
create policy system on public.objective_minutes for select to bee_system using (true);
create policy system on public.uptime_minutes for select to bee_system using (true);
create policy system on public.service_amendments for select to bee_system using (true);
create policy authors on public.service_amendments for insert to bee_oncall, bee_admin
    with check (declared_by = public.bee_staff_id());
create policy withdrawers on public.service_amendments for update to bee_oncall, bee_admin
    using (true) with check (withdrawn_by is null or withdrawn_by = public.bee_staff_id());

-- Its author or an admin changes maintenance, in their own name, and withdraws an ending once.
grant select on public.service_maintenance_changes to bee_oncall, bee_admin, bee_worker;
grant insert (amendment, kind, starts_at, ends_at, reason, changed_by) on public.service_maintenance_changes
    to bee_oncall, bee_admin;
grant update (withdrawn_at, withdrawn_by, withdrawn_because) on public.service_maintenance_changes
    to bee_oncall, bee_admin;
grant select (id, amendment, starts_at, ends_at, withdrawn_at) on public.service_maintenance_changes to bee_system;
create policy readers on public.service_maintenance_changes for select
    to bee_oncall, bee_admin, bee_worker, bee_system using (true);
create policy changers on public.service_maintenance_changes for insert to bee_oncall, bee_admin
    with check (
        changed_by = public.bee_staff_id()
        and (
            exists (
                select from public.service_amendments as amendments
                where amendments.id = amendment and amendments.declared_by = changed_by
            )
            or exists (select from public.staff where staff.id = changed_by and 'admin' = any(staff.roles))
        )
    );
create policy withdrawers on public.service_maintenance_changes for update to bee_oncall, bee_admin
    using (true) with check (withdrawn_by is null or withdrawn_by = public.bee_staff_id());
