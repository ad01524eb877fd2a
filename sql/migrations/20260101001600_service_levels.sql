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
create function public.bee_count_within(sketch integer[], bucket integer) returns bigint
language sql immutable
as $$
    select coalesce(sum(sketch[place][2]) filter (where sketch[place][1] <= bucket), 0)
    from generate_subscripts(sketch, 1) as place
$$;
revoke all on function
    public.bee_add_sketches(integer[], integer[]), public.bee_count_within(integer[], integer)
    from public, anon, authenticated, service_role;
grant execute on function public.bee_add_sketches(integer[], integer[]) to bee_system;
grant execute on function public.bee_count_within(integer[], integer) to bee_worker;

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

-- What changed since the figures below were made from it.
create table public.stale_minutes (
    minute timestamptz primary key
);
create table public.stale_hours (
    hour timestamptz primary key
);

alter table public.service_minutes enable row level security;
alter table public.service_totals enable row level security;
alter table public.service_recorders enable row level security;
alter table public.service_gaps enable row level security;
alter table public.stale_minutes enable row level security;
alter table public.stale_hours enable row level security;
revoke all on
    public.service_minutes, public.service_totals, public.service_gaps, public.service_recorders,
    public.stale_minutes, public.stale_hours
    from public, anon, authenticated, service_role;

-- The API adds up, the worker derives and forgets, on-call and admins read.
grant select, insert, update on public.service_minutes, public.service_totals, public.service_recorders to bee_system;
grant select, insert on public.service_gaps, public.stale_minutes to bee_system;
create policy system on public.service_minutes to bee_system using (true) with check (true);
create policy system on public.service_totals to bee_system using (true) with check (true);
create policy system on public.service_recorders to bee_system using (true) with check (true);
create policy system on public.service_gaps to bee_system using (true) with check (true);
create policy system on public.stale_minutes to bee_system using (true) with check (true);
grant select, delete on public.service_minutes, public.service_recorders to bee_worker;
create policy worker on public.service_minutes to bee_worker using (true);
create policy worker on public.service_recorders to bee_worker using (true);
grant select, insert, delete on public.stale_minutes, public.stale_hours to bee_worker;
create policy worker on public.stale_minutes to bee_worker using (true) with check (true);
create policy worker on public.stale_hours to bee_worker using (true) with check (true);
grant select on public.service_minutes, public.service_gaps, public.service_recorders to bee_oncall, bee_admin;
create policy staff on public.service_recorders for select to bee_oncall, bee_admin using (true);
create policy staff on public.service_minutes for select to bee_oncall, bee_admin using (true);
create policy staff on public.service_gaps for select to bee_oncall, bee_admin using (true);
