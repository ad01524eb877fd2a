-- Members' accounts where BEE itself signs them in; a Supabase project has its own, and these stay empty. Only the
-- system login reads them: a member's request never does.
create table public.member_accounts (
    id uuid primary key references public.members (id) on delete cascade,
    email text not null,
    password_hash text not null,
    user_metadata jsonb not null default '{}',
    app_metadata jsonb not null default '{"provider": "email", "providers": ["email"]}',
    is_banned boolean not null default false,
    last_sign_in_at timestamptz,
    created_at timestamptz not null default now(),
    updated_at timestamptz not null default now(),
    constraint member_accounts_email_key unique (email),
    constraint member_accounts_email_lowercase check (email = lower(email) and length(email) <= 320),
    constraint member_accounts_metadata_objects check (
        jsonb_typeof(user_metadata) = 'object' and jsonb_typeof(app_metadata) = 'object'
    )
);

-- A session stands at a turn; each refresh that is not a repetition moves it on by one.
create table public.member_sessions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.member_accounts (id) on delete cascade,
    refresh_key bytea not null check (length(refresh_key) = 32),
    turn bigint not null default 0 check (turn >= 0),
    refreshed_at timestamptz not null default now(),
    user_agent text,
    address text,
    created_at timestamptz not null default now()
);
create index member_sessions_user on public.member_sessions (user_id);
create index member_sessions_refreshed on public.member_sessions (refreshed_at);

create table public.signing_keys (
    kid uuid primary key,
    sealed_pem text not null,
    public_jwk jsonb not null,
    signs_from timestamptz not null,
    created_at timestamptz not null default now(),
    constraint signing_keys_seal check (sealed_pem like '-----BEGIN ENCRYPTED PRIVATE KEY-----%'),
    constraint signing_keys_public_only check (not public_jwk ? 'd')
);

alter table public.member_accounts enable row level security;
alter table public.member_sessions enable row level security;
alter table public.signing_keys enable row level security;
revoke all on public.member_accounts, public.member_sessions, public.signing_keys
    from public, anon, authenticated, service_role;

grant select, insert on public.member_accounts to bee_system;
grant update (email, password_hash, user_metadata, last_sign_in_at, updated_at) on public.member_accounts to bee_system;
grant select, insert, delete on public.member_sessions to bee_system;
grant update (turn, refreshed_at) on public.member_sessions to bee_system;
grant select, insert on public.signing_keys to bee_system, bee_worker;
grant delete on public.signing_keys to bee_worker;
create policy system on public.member_accounts to bee_system using (true) with check (true);
create policy system on public.member_sessions to bee_system using (true) with check (true);
create policy system on public.signing_keys to bee_system, bee_worker using (true) with check (true);

-- Whoever signs up becomes a member.
grant insert (id, external_id, time_zone, joined_on, is_demo) on public.members to bee_system;
grant update (time_zone) on public.members to bee_system;
grant execute on function public.bee_is_time_zone(text) to bee_system;
grant insert (member_id, email, full_name) on public.personal_data to bee_system;
grant update (email, full_name, updated_at) on public.personal_data to bee_system;
grant select (member_id) on public.personal_data to bee_system;
create policy system_new on public.members for insert to bee_system with check (true);
create policy system_change on public.members for update to bee_system using (true) with check (true);
create policy system on public.personal_data to bee_system using (true) with check (true);

-- Tries to sign in are counted by the system login too, and sessions that nobody has refreshed for long are cleared.
grant select (account, address, attempted_at, succeeded), insert (account, address, succeeded)
    on public.sign_in_attempts to bee_system;
create policy system on public.sign_in_attempts to bee_system using (true) with check (true);
grant select (id, refreshed_at), delete on public.member_sessions to bee_worker;
create policy worker on public.member_sessions to bee_worker using (true);
