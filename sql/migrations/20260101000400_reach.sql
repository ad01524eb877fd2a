-- What reaches a member: push addresses, the ledger of decisions, what the coach remembers.
create table public.user_fcm_tokens (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.members (id) on delete cascade,
    fcm_token text not null check (length(fcm_token) between 1 and 4096),
    platform text not null check (platform in ('ios', 'android', 'web')),
    is_active boolean not null default true,
    address_kind text not null default 'token' check (address_kind in ('token', 'fid')),
    last_seen_at timestamptz not null default now(),
    deactivated_at timestamptz,
    deactivated_because text,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint user_fcm_tokens_user_token_key unique (user_id, fcm_token),
    constraint user_fcm_tokens_inactive_has_reason check (is_active or deactivated_because is not null)
);
create unique index user_fcm_tokens_active on public.user_fcm_tokens (fcm_token) where is_active;
create index user_fcm_tokens_seen on public.user_fcm_tokens (last_seen_at) where is_active;

-- One row for every eligible moment and rule, sent or not. Nothing but sent_at ever changes, and that once.
-- A decision to send holds from not_before until expires_at; one about silence, while silent_since is the last event.
create table public.momentum_notifications (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.members (id) on delete cascade,
    notification_type text not null,
    rule text not null,
    rule_version integer not null check (rule_version > 0),
    moment text not null,
    trigger_date date not null,
    decided_at timestamptz not null default now(),
    decision text not null check (decision in ('send', 'withhold')),
    reason text not null,
    guards jsonb not null default '{}',
    draw double precision check (draw >= 0 and draw < 1),
    probability double precision check (probability between 0 and 1),
    definition text,
    final_score double precision,
    momentum_state text check (momentum_state in ('Rising', 'Steady', 'NeedsCare')),
    priority text not null default 'normal' check (priority in ('low', 'normal', 'high')),
    not_before timestamptz,
    expires_at timestamptz,
    silent_since timestamptz,
    variant text,
    title text,
    message text,
    action jsonb not null default '{}',
    audience_hash text,
    sent_at timestamptz,
    constraint momentum_notifications_moment_key unique (rule, user_id, moment),
    constraint momentum_notifications_only_decided_are_sent check (sent_at is null or decision = 'send')
);
create index momentum_notifications_member on public.momentum_notifications (user_id, decided_at);
create index momentum_notifications_unsent on public.momentum_notifications (decided_at)
    where decision = 'send' and sent_at is null;

create function public.bee_send_once() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if old.sent_at is not null or pg_catalog.to_jsonb(new) - 'sent_at' <> pg_catalog.to_jsonb(old) - 'sent_at' then
        raise exception 'a decision is never changed' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
revoke all on function public.bee_send_once() from public, anon, authenticated, service_role;
create trigger send_once before update on public.momentum_notifications
    for each row execute function public.bee_send_once();

create table public.coach_memory (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.members (id) on delete cascade,
    trait_key text not null check (length(trait_key) between 1 and 100),
    trait_value text not null check (length(trait_value) between 1 and 4000),
    source text not null check (source in ('member', 'conversation', 'coach', 'import', 'demo')),
    status text not null default 'accepted' check (status in ('proposed', 'accepted', 'rejected')),
    valid_from timestamptz not null default now(),
    valid_to timestamptz,
    created_at timestamptz not null default now(),
    constraint coach_memory_valid_in_order check (valid_to > valid_from)
);
create unique index coach_memory_current on public.coach_memory (user_id, trait_key)
    where valid_to is null and status = 'accepted';

alter table public.user_fcm_tokens enable row level security;
alter table public.momentum_notifications enable row level security;
alter table public.coach_memory enable row level security;
revoke all on public.user_fcm_tokens, public.momentum_notifications, public.coach_memory
    from public, anon, authenticated, service_role;

grant select, delete on public.user_fcm_tokens to authenticated;
grant insert (user_id, fcm_token, platform, address_kind) on public.user_fcm_tokens to authenticated;
grant update (user_id, fcm_token, platform, address_kind) on public.user_fcm_tokens to authenticated;
create policy own on public.user_fcm_tokens to authenticated
    using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
grant select (id, user_id, notification_type, trigger_date, title, message, action, sent_at)
    on public.momentum_notifications to authenticated;
create policy own_sent on public.momentum_notifications for select to authenticated
    using (user_id = (select auth.uid()) and sent_at is not null);
grant select (id, user_id, trait_key, trait_value, source, status, valid_from, valid_to, created_at)
    on public.coach_memory to authenticated;
create policy own on public.coach_memory for select to authenticated
    using (user_id = (select auth.uid()) and status = 'accepted');

grant select, insert, update, delete on public.user_fcm_tokens, public.coach_memory to service_role;
-- A decision is made now, and only its dispatcher says that it was sent.
grant
    select,
    insert (id, user_id, notification_type, rule, rule_version, moment, trigger_date, decision, reason, guards, draw,
        probability, definition, final_score, momentum_state, priority, not_before, expires_at, silent_since, variant,
        title, message, action, audience_hash)
    on public.momentum_notifications to service_role;
create policy service on public.user_fcm_tokens to service_role using (true) with check (true);
create policy service on public.coach_memory to service_role using (true) with check (true);
create policy service on public.momentum_notifications for select to service_role using (true);
create policy service_new on public.momentum_notifications for insert to service_role with check (true);

-- On-call and product see that something was sent, not what it said.
grant select (id, user_id, notification_type, rule, rule_version, moment, trigger_date, decided_at, decision, reason,
    guards, draw, probability, definition, final_score, momentum_state, priority, not_before, expires_at, silent_since,
    variant, audience_hash, sent_at)
    on public.momentum_notifications to bee_oncall, bee_product;
grant select on public.momentum_notifications to bee_coach, bee_admin;
create policy staff on public.momentum_notifications for select to bee_oncall, bee_product, bee_admin using (true);
create policy assigned on public.momentum_notifications for select to bee_coach
    using (exists (select from public.members where id = user_id));
grant select (id, user_id, platform, is_active, address_kind, last_seen_at, deactivated_at, deactivated_because,
    created_at, updated_at) on public.user_fcm_tokens to bee_product, bee_oncall, bee_admin;
create policy staff on public.user_fcm_tokens for select to bee_product, bee_oncall, bee_admin using (true);
grant select on public.coach_memory to bee_coach, bee_admin;
create policy admin on public.coach_memory for select to bee_admin using (true);
create policy assigned on public.coach_memory for select to bee_coach
    using (exists (select from public.members where id = user_id));
