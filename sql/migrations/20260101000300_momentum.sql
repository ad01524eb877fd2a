-- Events in, scores out: what members did, what is to be scored again, the scores, and their daily totals.
create table public.score_definitions (
    name text primary key check (name ~ '^[a-z0-9][a-z0-9._-]{0,39}$'),
    spec jsonb not null check (jsonb_typeof(spec) = 'object'),
    created_at timestamptz not null default now(),
    created_by uuid references public.staff (id)
);

-- Which definition scores from when on: the newest row counts, earlier ones stay.
create table public.score_definition_activations (
    id bigint generated always as identity primary key,
    definition text not null references public.score_definitions (name),
    activated_at timestamptz not null default clock_timestamp(),
    activated_by uuid references public.staff (id)
);

create table public.engagement_events (
    id uuid not null default gen_random_uuid(),
    user_id uuid not null references public.members (id) on delete cascade,
    event_type text not null check (length(event_type) between 1 and 100),
    event_date date not null,
    metadata jsonb not null default '{}' check (jsonb_typeof(metadata) = 'object'),
    occurred_at timestamptz not null,
    received_at timestamptz not null default now(),
    time_zone text not null,
    source text not null default 'app' check (length(source) between 1 and 60),
    primary key (user_id, id)
);
create index engagement_events_day on public.engagement_events (event_date);

-- A member whose scores are to be computed again from a day on. `seq` grows with every touch, so that a scorer
-- removes only the row that it has read.
create table public.score_dues (
    user_id uuid primary key references public.members (id) on delete cascade,
    from_date date not null,
    touched_at timestamptz not null default now(),
    seq bigint not null default 1
);

-- Through which day the members of a zone are scored.
create table public.score_frontiers (
    time_zone text primary key,
    scored_through date not null,
    scored_at timestamptz not null default now()
);

create table public.daily_engagement_scores (
    user_id uuid not null references public.members (id) on delete cascade,
    score_date date not null,
    id uuid not null generated always as (
        md5(user_id::text || ':' || (score_date - date '2000-01-01')::text)::uuid
    ) stored,
    raw_score double precision not null check (raw_score between 0 and 100),
    final_score double precision not null check (final_score between 0 and 100),
    momentum_state text not null check (momentum_state in ('Rising', 'Steady', 'NeedsCare')),
    definition text not null,
    event_count integer not null check (event_count >= 0),
    is_complete boolean not null,
    calculated_at timestamptz not null default now(),
    primary key (user_id, score_date)
);
create index daily_engagement_scores_day on public.daily_engagement_scores (score_date);
-- Days that were not over when they were scored: one a member, until they leave.
create index daily_engagement_scores_open on public.daily_engagement_scores (user_id) where not is_complete;

-- What a published day said before, and what it says now: nothing, where the member has that day no more.
create table public.score_restatements (
    id bigint generated always as identity primary key,
    user_id uuid not null references public.members (id) on delete cascade,
    score_date date not null,
    old_raw_score double precision not null,
    old_final_score double precision not null,
    old_momentum_state text not null,
    old_definition text not null,
    new_raw_score double precision,
    new_final_score double precision,
    new_momentum_state text,
    new_definition text,
    reason text not null check (reason in ('late_event', 'rebuild', 'definition', 'member_changed', 'erasure')),
    restated_at timestamptz not null default now(),
    constraint score_restatements_new_or_removed check (
        num_nulls(new_raw_score, new_final_score, new_momentum_state, new_definition) in (0, 4)
    )
);
create index score_restatements_member on public.score_restatements (user_id, score_date);

-- Who leaves, comes back or moves has other days than before, by whichever road that comes in.
create function public.bee_mark_changed_member_due() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.score_dues as due (user_id, from_date)
    select
        new.id,
        least(
            case when new.left_on is distinct from old.left_on then least(new.left_on, old.left_on) + 1 end,
            case when new.time_zone <> old.time_zone then
                coalesce(
                    -- It is never more than two days later in one zone than in another.
                    (select max(score_date) - 2 from public.daily_engagement_scores where user_id = new.id),
                    (select min(event_date) from public.engagement_events where user_id = new.id)
                )
            end
        )
    where exists (select from public.engagement_events where user_id = new.id)
    on conflict (user_id) do update
    set from_date = least(due.from_date, excluded.from_date), touched_at = excluded.touched_at, seq = due.seq + 1;
    return null;
end
$$;
revoke all on function public.bee_mark_changed_member_due() from public, anon, authenticated, service_role;
create trigger mark_changed_due after update of left_on, time_zone on public.members
    for each row
    when (new.left_on is distinct from old.left_on or new.time_zone <> old.time_zone)
    execute function public.bee_mark_changed_member_due();

-- What the pages read: a row a day, segment and state, recomputed whole for each day that was scored.
create table public.engagement_days (
    score_date date not null,
    segment text not null,
    momentum_state text not null check (momentum_state in ('Rising', 'Steady', 'NeedsCare')),
    members integer not null check (members > 0),
    final_sum double precision not null,
    raw_sum double precision not null,
    primary key (segment, score_date, momentum_state)
);
create index engagement_days_date on public.engagement_days (score_date);

-- Days whose totals are no longer right, written with whatever made them so.
create table public.stale_days (
    score_date date primary key
);

create function public.bee_mark_segments_stale() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    -- A day that is stale already is touched as well: whoever computes it waits for this transaction.
    insert into public.stale_days (score_date)
    select distinct engagement_days.score_date from public.engagement_days order by 1
    on conflict (score_date) do update set score_date = excluded.score_date;
    return null;
end
$$;
revoke all on function public.bee_mark_segments_stale() from public, anon, authenticated, service_role;
-- A member who changes segments changes the totals of the past as well: they show how today's groups did.
create trigger mark_segments_stale
    after update of coach_id, attributes, time_zone, is_demo, is_synthetic or delete on public.members
    for each statement execute function public.bee_mark_segments_stale();

-- A row a member and segment: everybody, their zone, their coach, and what is known about them where at least
-- five share it (fewer would point at a person). Synthetic members are in no segment.
create view public.member_segments with (security_invoker = true) as
with known as (
    select members.id as user_id, attribute.key || ':' || attribute.value as segment
    from public.members
    cross join lateral jsonb_each_text(members.attributes) as attribute
    where not members.is_synthetic and length(attribute.value) between 1 and 60
),

shared as (
    select segment
    from known
    group by segment
    having count(*) >= 5
)

select id as user_id, 'all' as segment from public.members where not is_synthetic
union all
select id, 'demo' from public.members where is_demo and not is_synthetic
union all
select id, 'zone:' || time_zone from public.members where not is_synthetic
union all
select id, 'coach:' || coach_id from public.members where coach_id is not null and not is_synthetic
union all
select known.user_id, known.segment from known inner join shared on shared.segment = known.segment;

create function public.bee_fill_event() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    new.received_at := pg_catalog.now();
    new.occurred_at := coalesce(new.occurred_at, new.received_at);
    if new.occurred_at < timestamptz '2000-01-01 00:00:00+00' or new.occurred_at > new.received_at + interval '1 day' then
        raise exception 'occurred_at % lies before 2000 or in the future', new.occurred_at
            using errcode = 'check_violation', constraint = 'engagement_events_occurred_at_range';
    end if;
    if new.time_zone is null then
        select members.time_zone into new.time_zone from public.members where members.id = new.user_id;
    end if;
    if new.time_zone is null or not public.bee_is_time_zone(new.time_zone) then
        new.time_zone := 'UTC';
    end if;
    new.event_date := (new.occurred_at at time zone new.time_zone)::date;
    return new;
end
$$;
revoke all on function public.bee_fill_event() from public, anon, authenticated, service_role;

-- Once a member and statement: a batch is one touch.
create function public.bee_mark_events_due() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.score_dues as due (user_id, from_date)
    select added.user_id, min(added.event_date)
    from added
    group by added.user_id
    order by added.user_id
    on conflict (user_id) do update
    set from_date = least(due.from_date, excluded.from_date), touched_at = excluded.touched_at, seq = due.seq + 1;
    return null;
end
$$;
revoke all on function public.bee_mark_events_due() from public, anon, authenticated, service_role;

-- A row that comes in by any road counts. Bulk loads fill the columns themselves and mark members set-wise.
create trigger fill_event before insert on public.engagement_events
    for each row
    when (pg_catalog.current_setting('bee.bulk_load', true) is distinct from 'on')
    execute function public.bee_fill_event();
create trigger mark_due after insert on public.engagement_events
    referencing new table as added
    for each statement
    when (pg_catalog.current_setting('bee.bulk_load', true) is distinct from 'on')
    execute function public.bee_mark_events_due();

alter table public.score_definitions enable row level security;
alter table public.score_definition_activations enable row level security;
alter table public.engagement_events enable row level security;
alter table public.score_dues enable row level security;
alter table public.score_frontiers enable row level security;
alter table public.daily_engagement_scores enable row level security;
alter table public.score_restatements enable row level security;
alter table public.engagement_days enable row level security;
alter table public.stale_days enable row level security;
revoke all on
    public.score_definitions, public.score_definition_activations, public.engagement_events, public.score_dues,
    public.score_frontiers, public.daily_engagement_scores, public.score_restatements, public.engagement_days,
    public.stale_days, public.member_segments
    from public, anon, authenticated, service_role;
revoke all on sequence public.score_definition_activations_id_seq, public.score_restatements_id_seq
    from public, anon, authenticated, service_role;

-- Members: their own events in, their own events and scores out.
grant select on public.engagement_events, public.daily_engagement_scores to authenticated;
grant insert (id, user_id, event_type, metadata, occurred_at, time_zone) on public.engagement_events to authenticated;
create policy own on public.engagement_events for select to authenticated using (user_id = (select auth.uid()));
create policy own_new on public.engagement_events for insert to authenticated
    with check (user_id = (select auth.uid()) and source = 'app');
create policy own on public.daily_engagement_scores for select to authenticated using (user_id = (select auth.uid()));
-- Whether the own score is still to be computed: so one read tells what it is and that it holds.
grant select (user_id) on public.score_dues to authenticated;
create policy own on public.score_dues for select to authenticated using (user_id = (select auth.uid()));

grant select on public.engagement_events, public.daily_engagement_scores, public.score_definitions to service_role;
grant insert (id, user_id, event_type, metadata, occurred_at, time_zone, source)
    on public.engagement_events to service_role;
create policy service on public.engagement_events for select to service_role using (true);
create policy service_new on public.engagement_events for insert to service_role with check (true);
create policy service on public.daily_engagement_scores for select to service_role using (true);
create policy service on public.score_definitions for select to service_role using (true);

-- Staff. An event's metadata may hold what a member wrote: only coaches of that member and admins read it.
grant select (id, user_id, event_type, event_date, occurred_at, received_at, time_zone, source)
    on public.engagement_events to bee_product;
grant select on public.engagement_events to bee_coach, bee_admin;
create policy pseudonyms on public.engagement_events for select to bee_product using (true);
create policy admin on public.engagement_events for select to bee_admin using (true);
create policy assigned on public.engagement_events for select to bee_coach
    using (exists (select from public.members where id = user_id));
grant select on public.daily_engagement_scores, public.score_restatements to bee_product, bee_coach, bee_admin;
create policy staff on public.daily_engagement_scores for select to bee_product, bee_admin using (true);
create policy assigned on public.daily_engagement_scores for select to bee_coach
    using (exists (select from public.members where id = user_id));
create policy staff on public.score_restatements for select to bee_product, bee_admin using (true);
create policy assigned on public.score_restatements for select to bee_coach
    using (exists (select from public.members where id = user_id));
grant select on public.score_definitions, public.score_definition_activations, public.score_frontiers
    to bee_product, bee_coach, bee_oncall, bee_admin;
create policy staff on public.score_definitions for select to bee_product, bee_coach, bee_oncall, bee_admin using (true);
create policy staff on public.score_definition_activations for select
    to bee_product, bee_coach, bee_oncall, bee_admin using (true);
create policy staff on public.score_frontiers for select to bee_product, bee_coach, bee_oncall, bee_admin using (true);
grant select on public.score_dues to bee_oncall, bee_admin;
create policy staff on public.score_dues for select to bee_oncall, bee_admin using (true);
grant select on public.engagement_days to bee_product, bee_coach, bee_oncall, bee_admin;
create policy staff on public.engagement_days for select to bee_product, bee_oncall, bee_admin using (true);
-- A coach's totals are those of the members assigned to them.
create policy own_segment on public.engagement_days for select to bee_coach
    using (segment = 'coach:' || (select public.bee_staff_id())::text);

grant select on public.member_segments to bee_product, bee_coach, bee_admin, bee_worker;

-- The worker and the system compute scores.
grant select on public.score_definitions, public.score_definition_activations, public.engagement_events
    to bee_worker, bee_system;
create policy system on public.score_definitions for select to bee_worker, bee_system using (true);
create policy system on public.score_definition_activations for select to bee_worker, bee_system using (true);
create policy system on public.engagement_events for select to bee_worker, bee_system using (true);
grant select, insert, update, delete on public.score_dues, public.daily_engagement_scores to bee_worker, bee_system;
create policy system on public.score_dues to bee_worker, bee_system using (true) with check (true);
create policy system on public.daily_engagement_scores to bee_worker, bee_system using (true) with check (true);
grant select, insert on public.score_restatements to bee_worker, bee_system;
create policy system on public.score_restatements to bee_worker, bee_system using (true) with check (true);
grant select, insert, update, delete on public.engagement_days, public.score_frontiers, public.stale_days to bee_worker;
create policy system on public.stale_days to bee_worker using (true) with check (true);
grant select on public.stale_days to bee_oncall, bee_admin;
create policy staff on public.stale_days for select to bee_oncall, bee_admin using (true);
create policy system on public.engagement_days to bee_worker using (true) with check (true);
create policy system on public.score_frontiers to bee_worker using (true) with check (true);
