-- Campaigns: messages that somebody composes for a group of people. Sent, they are in the ledger like those of the rules.

create table public.notification_campaigns (
    number bigint generated always as identity primary key,
    -- What the ledger calls it.
    rule text not null generated always as ('campaign_' || number::text) stored,
    created_by uuid not null references public.staff (id),
    created_at timestamptz not null default clock_timestamp(),
    constraint notification_campaigns_rule_key unique (rule)
);
alter table public.notification_rule_versions
    add constraint notification_rule_versions_no_campaign check (rule !~ '^campaign_[0-9]+$');

-- What a campaign says, and to whom, as it was saved once: never changed, only followed. The digest is that of both.
create table public.notification_campaign_versions (
    campaign bigint not null references public.notification_campaigns (number),
    version integer not null check (version > 0),
    body text not null check (length(body) <= 20000 and jsonb_typeof(body::jsonb) = 'object'),
    people integer not null check (people >= 0),
    audience_hash text not null check (audience_hash ~ '^[0-9a-f]{64}$'),
    digest text not null check (digest ~ '^[0-9a-f]{64}$'),
    author_id uuid not null references public.staff (id),
    created_at timestamptz not null default clock_timestamp(),
    primary key (campaign, version),
    constraint notification_campaign_versions_bound unique (campaign, version, digest)
);

-- Whom the newest version is for, in an order that chance made. Decided: their row is in the ledger.
create table public.notification_campaign_people (
    campaign bigint not null references public.notification_campaigns (number),
    user_id uuid not null references public.members (id) on delete cascade,
    place double precision not null,
    available_at timestamptz not null default '-infinity',
    decided_at timestamptz,
    primary key (campaign, user_id)
);
create index notification_campaign_people_next on public.notification_campaign_people (campaign, available_at, place)
    where decided_at is null;
create index notification_campaign_people_member on public.notification_campaign_people (user_id);

-- What was done with a campaign; where it stands follows from it. Nobody did what the worker does.
create table public.notification_campaign_acts (
    id bigint generated always as identity primary key,
    campaign bigint not null,
    version integer not null,
    digest text not null,
    kind text not null check (kind in ('asked', 'approved', 'refused', 'started', 'stopped', 'finished')),
    done_by uuid references public.staff (id),
    done_at timestamptz not null default clock_timestamp(),
    reason text not null default '' check (length(reason) <= 500),
    foreign key (campaign, version, digest)
        references public.notification_campaign_versions (campaign, version, digest),
    constraint notification_campaign_acts_by_somebody check ((done_by is null) = (kind = 'finished'))
);
create index notification_campaign_acts_campaign on public.notification_campaign_acts (campaign, id);
create unique index notification_campaign_asked_once on public.notification_campaign_acts (campaign, version)
    where kind = 'asked';
create unique index notification_campaign_decided_once on public.notification_campaign_acts (campaign, version)
    where kind in ('approved', 'refused');
create unique index notification_campaign_started_once on public.notification_campaign_acts (campaign)
    where kind = 'started';
create unique index notification_campaign_ended_once on public.notification_campaign_acts (campaign)
    where kind in ('stopped', 'finished');

-- Tests on a phone of one's own. The address is gone once it was posted to.
create table public.notification_campaign_tests (
    id uuid primary key default gen_random_uuid(),
    campaign bigint not null,
    version integer not null,
    variant text not null check (length(variant) between 1 and 40),
    platform text not null check (platform in ('ios', 'android', 'web')),
    address text check (length(address) between 1 and 4096),
    asked_by uuid not null references public.staff (id),
    asked_at timestamptz not null default clock_timestamp(),
    posted_at timestamptz,
    via text check (via in ('fcm', 'recorder')),
    outcome text check (length(outcome) between 1 and 40),
    error text not null default '',
    foreign key (campaign, version) references public.notification_campaign_versions (campaign, version),
    constraint notification_campaign_tests_address_is_used_once check ((address is null) = (posted_at is not null)),
    constraint notification_campaign_tests_outcome_of_a_post
        check (posted_at is not null or num_nonnulls(via, outcome) = 0)
);
create index notification_campaign_tests_campaign on public.notification_campaign_tests (campaign, asked_at);
create index notification_campaign_tests_due on public.notification_campaign_tests (asked_at) where posted_at is null;

-- Whom an audience means now: everybody of the segment who is still there, in one of the states on the newest complete
-- day, in one of the zones, with a device of one of the platforms. What is left out narrows nothing.
create function public.bee_campaign_audience(wanted jsonb) returns setof uuid
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select members.id
    from public.members
    where not members.is_synthetic
        and (members.left_on is null or members.left_on >= (now() at time zone members.time_zone)::date)
        and public.bee_in_segment(
            coalesce(wanted ->> 'segment', 'all'),
            members.is_demo, members.time_zone, members.coach_id, members.attributes
        )
        and (coalesce(wanted -> 'zones', '[]') = '[]' or (wanted -> 'zones') ? members.time_zone)
        and (
            coalesce(wanted -> 'states', '[]') = '[]'
            or (wanted -> 'states') ? (
                select scores.momentum_state
                from public.daily_engagement_scores as scores
                where scores.user_id = members.id and scores.is_complete
                order by scores.score_date desc
                limit 1
            )
        )
        and (
            coalesce(wanted -> 'platforms', '[]') = '[]'
            or exists (
                select from public.user_fcm_tokens as tokens
                where tokens.user_id = members.id and tokens.is_active and (wanted -> 'platforms') ? tokens.platform
            )
        )
$$;

-- Saves a campaign, or without a number begins one: the text, and the people whom its audience means at this moment.
-- Whatever was asked or approved before is of another digest from then on.
create function public.bee_save_campaign(known bigint, wanted text)
returns table (campaign bigint, version integer, people integer, digest text)
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
#variable_conflict use_column
declare
    numbered bigint := known;
    counted integer;
    hashed text;
begin
    if numbered is null then
        insert into public.notification_campaigns (created_by) values (public.bee_staff_id())
        returning number into numbered;
    else
        -- One at a time, so that nobody approves or starts what is being changed.
        perform from public.notification_campaigns as campaigns where campaigns.number = numbered for update;
        if exists (
            select from public.notification_campaign_acts as acts
            where acts.campaign = numbered and acts.kind in ('started', 'stopped')
        ) then
            raise exception 'a campaign is not changed once it began' using
                errcode = 'restrict_violation', constraint = 'notification_campaign_unbegun';
        end if;
        delete from public.notification_campaign_people as former where former.campaign = numbered;
    end if;
    insert into public.notification_campaign_people (campaign, user_id, place)
    select numbered, audience.id, random()
    from public.bee_campaign_audience(wanted::jsonb -> 'audience') as audience (id);
    select count(*), encode(sha256(coalesce(string_agg(chosen.user_id::text, e'\n' order by chosen.user_id), '')::bytea), 'hex')
    into counted, hashed
    from public.notification_campaign_people as chosen
    where chosen.campaign = numbered;
    return query
    insert into public.notification_campaign_versions as saved
        (campaign, version, body, people, audience_hash, digest, author_id)
    select
        numbered,
        1 + coalesce(max(former.version), 0),
        wanted,
        counted,
        hashed,
        encode(sha256(convert_to(hashed || e'\n' || wanted, 'UTF8')), 'hex'),
        public.bee_staff_id()
    from public.notification_campaign_versions as former
    where former.campaign = numbered
    returning saved.campaign, saved.version, saved.people, saved.digest;
end
$$;

-- Refuses an act that is not its turn; what it names is locked, so that of two at once the later one sees the earlier.
create function public.bee_check_campaign_act() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    author uuid;
    counted integer;
    saved_at timestamptz;
    newest integer;
    done text[];
    fault text;
begin
    perform from public.notification_campaigns where number = new.campaign for update;
    select max(version) into newest from public.notification_campaign_versions where campaign = new.campaign;
    select author_id, people, created_at into author, counted, saved_at
    from public.notification_campaign_versions
    where campaign = new.campaign and version = new.version;
    select coalesce(array_agg(kind), '{}') into done
    from public.notification_campaign_acts
    where campaign = new.campaign and id <> new.id and (version = new.version or kind in ('started', 'stopped', 'finished'));
    fault := case
        when new.version <> newest then 'changed'
        when done && array['stopped', 'finished'] then 'ended'
        when new.kind = 'asked' and counted = 0 then 'empty'
        when new.kind in ('approved', 'refused') and not 'asked' = any(done) then 'unasked'
        when new.kind = 'approved' and author = new.done_by then 'own'
        when new.kind = 'started' and not 'approved' = any(done) then 'unapproved'
        when new.kind = 'started' and saved_at < clock_timestamp() - interval '7 days' then 'old'
        when new.kind = 'finished' and (
            not 'started' = any(done)
            or exists (
                select from public.notification_campaign_people
                where campaign = new.campaign and decided_at is null
            )
        ) then 'unfinished'
    end;
    if fault is not null then
        raise exception 'campaign %: %', new.campaign, fault using
            errcode = 'restrict_violation', constraint = 'notification_campaign_' || fault;
    end if;
    return null;
end
$$;
create trigger check_turn after insert on public.notification_campaign_acts
    for each row execute function public.bee_check_campaign_act();

-- The words of a campaign's newest version that are names of somebody whom it is for, as they stand in the text; never
-- whose. Only of what was saved: who would try names out leaves each of them behind, under their own.
create function public.bee_names_in_campaign(asked bigint) returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with newest as (
        select versions.body::jsonb as body
        from public.notification_campaign_versions as versions
        where versions.campaign = asked
        order by versions.version desc
        limit 1
    ),
    said as (
        select distinct words.word
        from newest
        cross join jsonb_array_elements(newest.body -> 'variants') as variants (variant)
        cross join regexp_split_to_table(
            concat_ws(' ', variants.variant ->> 'title', variants.variant ->> 'body'),
            '[][[:space:].,;:!?"()…“”„‘’''*/&+{}<>–—-]+'
        ) as words (word)
        where length(words.word) > 1
    )
    select said.word
    from said
    where lower(said.word) in (
        select lower(parts.part)
        from public.notification_campaign_people as chosen
        join public.personal_data on personal_data.member_id = chosen.user_id
        cross join regexp_split_to_table(personal_data.full_name, '[[:space:].,’'']+') as parts (part)
        where chosen.campaign = asked and length(parts.part) > 1
    )
    order by said.word
$$;
revoke all on function
    public.bee_campaign_audience(jsonb), public.bee_save_campaign(bigint, text), public.bee_check_campaign_act(),
    public.bee_names_in_campaign(bigint)
    from public, anon, authenticated, service_role;
grant execute on function
    public.bee_campaign_audience(jsonb), public.bee_save_campaign(bigint, text), public.bee_names_in_campaign(bigint)
    to bee_product, bee_admin;

create trigger append_only before update or delete or truncate on public.notification_campaign_versions
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.notification_campaign_acts
    for each statement execute function public.bee_refuse_change();

alter table public.notification_campaigns enable row level security;
alter table public.notification_campaign_versions enable row level security;
alter table public.notification_campaign_people enable row level security;
alter table public.notification_campaign_acts enable row level security;
alter table public.notification_campaign_tests enable row level security;
revoke all on
    public.notification_campaigns, public.notification_campaign_versions, public.notification_campaign_people,
    public.notification_campaign_acts, public.notification_campaign_tests
    from public, anon, authenticated, service_role;
revoke all on sequence public.notification_campaigns_number_seq, public.notification_campaign_acts_id_seq
    from public, anon, authenticated, service_role;

grant select on
    public.notification_campaigns, public.notification_campaign_versions, public.notification_campaign_people,
    public.notification_campaign_acts
    to bee_product, bee_admin, bee_worker;
create policy everybody on public.notification_campaigns for select to bee_product, bee_admin, bee_worker using (true);
create policy everybody on public.notification_campaign_versions for select
    to bee_product, bee_admin, bee_worker using (true);
create policy everybody on public.notification_campaign_people for select
    to bee_product, bee_admin, bee_worker using (true);
create policy everybody on public.notification_campaign_acts for select
    to bee_product, bee_admin, bee_worker using (true);

-- Product and admins ask, start and stop, in their own name; admins approve; that all of them were decided about is the
-- worker's to say.
grant insert (campaign, version, digest, kind, done_by, reason) on public.notification_campaign_acts
    to bee_product, bee_admin;
grant insert (campaign, version, digest, kind) on public.notification_campaign_acts to bee_worker;
create policy by_name on public.notification_campaign_acts for insert to bee_product with check (
    done_by = (select public.bee_staff_id()) and kind in ('asked', 'started', 'stopped')
);
create policy approves_by_name on public.notification_campaign_acts for insert to bee_admin with check (
    done_by = (select public.bee_staff_id()) and kind <> 'finished'
);
create policy worker_finishes on public.notification_campaign_acts for insert to bee_worker
    with check (kind = 'finished');
grant update (available_at, decided_at) on public.notification_campaign_people to bee_worker;
create policy worker_decides on public.notification_campaign_people for update to bee_worker
    using (true) with check (true);

-- An address is read by the worker only.
grant
    select (id, campaign, version, variant, platform, asked_by, asked_at, posted_at, via, outcome, error),
    insert (campaign, version, variant, platform, address, asked_by)
    on public.notification_campaign_tests to bee_product, bee_admin;
create policy staff on public.notification_campaign_tests for select to bee_product, bee_admin using (true);
create policy by_name on public.notification_campaign_tests for insert to bee_product, bee_admin
    with check (asked_by = (select public.bee_staff_id()));
grant select, update (address, posted_at, via, outcome, error) on public.notification_campaign_tests to bee_worker;
create policy worker on public.notification_campaign_tests for select to bee_worker using (true);
create policy worker_posts on public.notification_campaign_tests for update to bee_worker using (true) with check (true);
