-- Members, their personal data apart, what they agreed to, and notes on the calendar.
create function public.bee_is_time_zone(zone text) returns boolean
language plpgsql immutable
set search_path = pg_catalog, pg_temp
as $$
begin
    -- Only names: offsets such as "+02" and abbreviations have no daylight-saving rules.
    if zone !~ '^[A-Za-z]+(/[A-Za-z0-9_+-]+)*$' or (position('/' in zone) = 0 and zone <> 'UTC') then
        return false;
    end if;
    perform timestamptz '2000-01-01 00:00:00+00' at time zone zone;
    return true;
exception when invalid_parameter_value then
    return false;
end
$$;
revoke all on function public.bee_is_time_zone(text) from public, anon, authenticated, service_role;
-- Whoever writes a member runs the table's checks.
grant execute on function public.bee_is_time_zone(text) to service_role, bee_admin;

create table public.members (
    id uuid primary key default gen_random_uuid(),
    number bigint generated always as identity,
    external_id text not null,
    time_zone text not null,
    joined_on date not null,
    left_on date,
    coach_id uuid references public.staff (id),
    attributes jsonb not null default '{}',
    consents jsonb not null default '{}',
    is_demo boolean not null default false,
    is_synthetic boolean not null default false,
    created_at timestamptz not null default now(),
    constraint members_external_id_key unique (external_id),
    constraint members_number_key unique (number),
    constraint members_external_id_length check (length(external_id) between 1 and 200),
    constraint members_time_zone_known check (public.bee_is_time_zone(time_zone)),
    constraint members_leave_after_joining check (left_on >= joined_on),
    constraint members_attributes_object check (jsonb_typeof(attributes) = 'object'),
    constraint members_consents_object check (jsonb_typeof(consents) = 'object')
);
create index members_coach on public.members (coach_id) where coach_id is not null;

create table public.personal_data (
    member_id uuid primary key references public.members (id) on delete cascade,
    full_name text,
    email text,
    phone text,
    updated_at timestamptz not null default now()
);

-- Every decision is kept; the newest one of a purpose stands in members.consents.
create table public.consents (
    id bigint generated always as identity primary key,
    member_id uuid not null references public.members (id) on delete cascade,
    purpose text not null check (purpose in ('push', 'coaching', 'research', 'analytics')),
    granted boolean not null,
    decided_at timestamptz not null default clock_timestamp(),
    source text not null check (source in ('member', 'import', 'staff', 'demo'))
);
create index consents_member on public.consents (member_id, purpose, decided_at);

-- What a member or somebody on the staff decided is in the trail too; files and demo members are there as a whole.
create function public.bee_mirror_consent() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    if new.source in ('member', 'staff') then
        insert into public.audit_log (actor_kind, actor_id, action, subject_kind, subject_id, before, after)
        select
            new.source,
            case new.source when 'member' then new.member_id else public.bee_staff_id() end,
            'consent.decided',
            'member',
            new.member_id::text,
            pg_catalog.jsonb_build_object(new.purpose, members.consents -> new.purpose),
            pg_catalog.jsonb_build_object(new.purpose, new.granted)
        from public.members
        where members.id = new.member_id;
    end if;
    update public.members
    set consents = consents || pg_catalog.jsonb_build_object(new.purpose, new.granted)
    where id = new.member_id
        and not exists (
            select from public.consents
            where member_id = new.member_id and purpose = new.purpose and decided_at > new.decided_at
        );
    return null;
end
$$;
revoke all on function public.bee_mirror_consent() from public, anon, authenticated, service_role;
create trigger mirror_consent after insert on public.consents
    for each row execute function public.bee_mirror_consent();

create table public.annotations (
    id bigint generated always as identity primary key,
    on_date date not null,
    title text not null check (length(title) between 1 and 80),
    body text not null default '' check (length(body) <= 2000),
    kind text not null check (kind in ('release', 'campaign', 'incident', 'note')),
    author_id uuid references public.staff (id),
    created_at timestamptz not null default now()
);
create index annotations_date on public.annotations (on_date);

alter table public.members enable row level security;
alter table public.personal_data enable row level security;
alter table public.consents enable row level security;
alter table public.annotations enable row level security;
revoke all on public.members, public.personal_data, public.consents, public.annotations
    from public, anon, authenticated, service_role;
revoke all on sequence public.members_number_seq, public.consents_id_seq, public.annotations_id_seq
    from public, anon, authenticated, service_role;

-- A member sees and decides for themselves.
grant select (id, external_id, time_zone, joined_on, left_on, consents, created_at) on public.members to authenticated;
grant select on public.personal_data, public.consents to authenticated;
grant insert (member_id, purpose, granted, source) on public.consents to authenticated;
create policy own on public.members for select to authenticated using (id = (select auth.uid()));
create policy own on public.personal_data for select to authenticated using (member_id = (select auth.uid()));
create policy own on public.consents for select to authenticated using (member_id = (select auth.uid()));
create policy own_decision on public.consents for insert to authenticated
    with check (member_id = (select auth.uid()) and source = 'member');

-- Consents are decided in their own table. Members go by the audited erasure only, which takes their events along.
grant
    select,
    insert (id, external_id, time_zone, joined_on, left_on, coach_id, attributes),
    update (external_id, time_zone, joined_on, left_on, coach_id, attributes)
    on public.members to service_role;
grant select, insert, update on public.personal_data to service_role;
grant select, insert (member_id, purpose, granted, source) on public.consents to service_role;
create policy service on public.members to service_role using (true) with check (true);
create policy service on public.personal_data to service_role using (true) with check (true);
create policy service on public.consents to service_role using (true) with check (true);

-- Product works with pseudonyms; a coach with the members assigned to them, by name; on-call
-- with numbers.
grant select (id, number, time_zone, joined_on, left_on, coach_id, consents, attributes, is_demo, is_synthetic,
    created_at) on public.members to bee_product;
grant select (id, number, time_zone, joined_on, left_on, is_demo, is_synthetic, created_at)
    on public.members to bee_oncall;
grant select on public.members to bee_coach, bee_admin;
grant update (coach_id) on public.members to bee_admin;
grant select on public.personal_data to bee_coach, bee_admin;
grant select on public.consents to bee_coach, bee_admin;
create policy pseudonyms on public.members for select to bee_product, bee_oncall using (true);
create policy admin on public.members to bee_admin using (true) with check (true);
create policy assigned on public.members for select to bee_coach using (coach_id = (select public.bee_staff_id()));
create policy admin on public.personal_data for select to bee_admin using (true);
create policy assigned on public.personal_data for select to bee_coach
    using (exists (select from public.members where id = member_id));
create policy admin on public.consents for select to bee_admin using (true);
create policy assigned on public.consents for select to bee_coach
    using (exists (select from public.members where id = member_id));

grant select on public.annotations to bee_product, bee_coach, bee_oncall, bee_admin;
grant insert (on_date, title, body, kind, author_id) on public.annotations to bee_product, bee_admin;
create policy staff on public.annotations for select to bee_product, bee_coach, bee_oncall, bee_admin using (true);
create policy author on public.annotations for insert to bee_product, bee_admin
    with check (author_id = (select public.bee_staff_id()));

grant select (id, number, time_zone, joined_on, left_on, coach_id, attributes, consents, is_demo, is_synthetic, created_at)
    on public.members to bee_worker, bee_system;
create policy system on public.members for select to bee_worker, bee_system using (true);
