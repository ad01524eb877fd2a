-- What the mobile API keeps beside the core: accepted requests, receipts of notifications, and what a push token
-- means when it is registered.

-- The times of a member's last accepted requests of an area, newest first. Unlogged: after a crash the count begins anew.
create unlogged table public.member_requests (
    user_id uuid not null,
    area text not null check (area in ('v1', 'rest', 'graphql', 'realtime')),
    accepted timestamptz[] not null,
    primary key (user_id, area)
);
alter table public.member_requests enable row level security;
revoke all on public.member_requests from public, anon, authenticated, service_role;
grant select, insert, update on public.member_requests to bee_system;
grant select, delete on public.member_requests to bee_worker;
create policy system on public.member_requests to bee_system using (true) with check (true);
create policy worker on public.member_requests to bee_worker using (true);

-- Requests of a member that a limit refused in an hour, by policy. What passed because a limiter failed is no member's to
-- tell, and stands in the service minutes.
create table public.request_refusals (
    hour timestamptz not null check (hour = date_trunc('hour', hour at time zone 'UTC') at time zone 'UTC'),
    area text not null check (area in ('v1', 'rest', 'graphql', 'realtime')),
    user_id uuid not null references public.members (id) on delete cascade,
    refused bigint not null check (refused > 0),
    last_at timestamptz not null,
    primary key (hour, area, user_id)
);
create index request_refusals_member on public.request_refusals (user_id);
alter table public.request_refusals enable row level security;
revoke all on public.request_refusals from public, anon, authenticated, service_role;
grant select, insert, update on public.request_refusals to bee_system;
grant select, delete on public.request_refusals to bee_worker;
grant select on public.request_refusals to bee_oncall, bee_admin;
create policy system on public.request_refusals to bee_system using (true) with check (true);
create policy worker on public.request_refusals to bee_worker using (true);
create policy staff on public.request_refusals for select to bee_oncall, bee_admin using (true);

-- That a member saw a notification: a row of its own, so that the decision never changes.
create table public.notification_receipts (
    notification_id uuid not null references public.momentum_notifications (id) on delete cascade,
    user_id uuid not null references public.members (id) on delete cascade,
    kind text not null check (kind in ('opened')),
    received_at timestamptz not null default now(),
    primary key (notification_id, kind)
);
create index notification_receipts_member on public.notification_receipts (user_id);
alter table public.notification_receipts enable row level security;
revoke all on public.notification_receipts from public, anon, authenticated, service_role;
grant select on public.notification_receipts to authenticated, service_role, bee_product, bee_oncall, bee_coach, bee_admin,
    bee_worker;
grant insert (notification_id, user_id, kind) on public.notification_receipts to authenticated;
create policy own on public.notification_receipts for select to authenticated using (user_id = (select auth.uid()));
-- Only of a notification that the member can see, which is an own one that was sent.
create policy own_new on public.notification_receipts for insert to authenticated with check (
    user_id = (select auth.uid())
    and exists (
        select from public.momentum_notifications as sent
        where sent.id = notification_id and sent.user_id = notification_receipts.user_id
    )
);
create policy service on public.notification_receipts for select to service_role using (true);
create policy staff on public.notification_receipts for select to bee_product, bee_oncall, bee_admin, bee_worker
    using (true);
create policy assigned on public.notification_receipts for select to bee_coach
    using (exists (select from public.members where id = user_id));

-- Whoever registers a token has the device now, whichever road the row comes by: the token is active and was seen, and
-- another member who had it before has it no more.
create function public.bee_register_token() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    new.updated_at := pg_catalog.now();
    new.last_seen_at := pg_catalog.now();
    new.is_active := true;
    new.deactivated_at := null;
    new.deactivated_because := null;
    update public.user_fcm_tokens as others
    set is_active = false, deactivated_at = pg_catalog.now(), deactivated_because = 'moved'
    where others.fcm_token = new.fcm_token and others.is_active and others.user_id <> new.user_id;
    return new;
end
$$;
revoke all on function public.bee_register_token() from public, anon, authenticated, service_role;
-- Not where something else of the row changes: whoever finds that a token is dead deactivates it.
create trigger register_token before insert or update of fcm_token, platform, address_kind on public.user_fcm_tokens
    for each row execute function public.bee_register_token();

-- Which devices a member can be reached on is in the trail, with what held before; that one was seen again changes
-- nothing. What is made up and nobody's own doing is left out.
create function public.bee_record_token() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    known constant text[] := array['user_id', 'platform', 'address_kind', 'is_active', 'deactivated_because'];
    row_before jsonb := case when tg_op <> 'INSERT' then pg_catalog.to_jsonb(old) end;
    row_after jsonb := case when tg_op <> 'DELETE' then pg_catalog.to_jsonb(new) end;
    owner_id uuid := coalesce(row_after, row_before) ->> 'user_id';
    member_id uuid := auth.uid();
begin
    select pg_catalog.jsonb_object_agg(key, value) into row_before
    from pg_catalog.jsonb_each(row_before) where key = any(known);
    select pg_catalog.jsonb_object_agg(key, value) into row_after
    from pg_catalog.jsonb_each(row_after) where key = any(known);
    -- Without a row: the erasure takes the devices along with their member.
    if row_before is not distinct from row_after
        or not exists (
            select from public.members
            where members.id = owner_id and (member_id is not null or not (members.is_demo or members.is_synthetic))
        )
    then
        return null;
    end if;
    insert into public.audit_log (actor_kind, actor_id, action, subject_kind, subject_id, before, after)
    values (
        case when member_id is null then 'system' else 'member' end,
        member_id,
        case
            when row_after is null then 'push_token.dropped'
            when (row_after ->> 'is_active')::boolean then 'push_token.registered'
            else 'push_token.deactivated'
        end,
        'push_token',
        case when tg_op = 'DELETE' then old.id else new.id end,
        row_before,
        row_after
    );
    return null;
end
$$;
revoke all on function public.bee_record_token() from public, anon, authenticated, service_role;
create trigger record_token after insert or update or delete on public.user_fcm_tokens
    for each row execute function public.bee_record_token();

-- The worker marks tokens that were not seen for so long that they are over.
grant select (id, is_active, last_seen_at), update (is_active, deactivated_at, deactivated_because)
    on public.user_fcm_tokens to bee_worker;
create policy worker on public.user_fcm_tokens to bee_worker using (true) with check (true);

-- Members ask why a score is what it is; a definition is nobody's secret.
grant select on public.score_definitions to authenticated;
create policy everybody on public.score_definitions for select to authenticated using (true);

-- The system scores a member in the request that changed something: the days whose totals that touches are marked.
grant select, insert on public.stale_days to bee_system;
grant select on public.score_frontiers to bee_system;
create policy system_mark on public.stale_days to bee_system using (true) with check (true);
create policy system_read on public.score_frontiers for select to bee_system using (true);
