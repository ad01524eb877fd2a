-- Staff, their sessions, the one-time links that let them in, and the tries to sign in.
create table public.staff (
    id uuid primary key default gen_random_uuid(),
    email text not null,
    full_name text not null,
    password_hash text,
    roles text[] not null default '{}',
    is_active boolean not null default true,
    is_demo boolean not null default false,
    created_at timestamptz not null default now(),
    created_by uuid references public.staff (id),
    constraint staff_email_key unique (email),
    constraint staff_email_lowercase check (email = lower(email) and position('@' in email) > 1),
    constraint staff_roles_known check (roles <@ array['product', 'coach', 'oncall', 'admin'])
);

create table public.staff_sessions (
    token_sha256 bytea primary key check (length(token_sha256) = 32),
    staff_id uuid not null references public.staff (id) on delete cascade,
    created_at timestamptz not null default now(),
    last_seen_at timestamptz not null default now(),
    expires_at timestamptz not null,
    address text,
    ended_at timestamptz,
    ended_because text check (ended_because in ('signed_out', 'revoked', 'password_changed', 'expired')),
    constraint staff_sessions_end_has_reason check ((ended_at is null) = (ended_because is null))
);
create index staff_sessions_open on public.staff_sessions (staff_id) where ended_at is null;

create table public.staff_links (
    token_sha256 bytea primary key check (length(token_sha256) = 32),
    staff_id uuid not null references public.staff (id) on delete cascade,
    purpose text not null check (purpose in ('invitation', 'reset')),
    created_at timestamptz not null default now(),
    created_by uuid references public.staff (id),
    expires_at timestamptz not null,
    used_at timestamptz
);
create index staff_links_staff on public.staff_links (staff_id);

create table public.sign_in_attempts (
    id bigint generated always as identity primary key,
    account text not null,
    address text not null,
    attempted_at timestamptz not null default clock_timestamp(),
    succeeded boolean not null
);
create index sign_in_attempts_account on public.sign_in_attempts (account, attempted_at);
create index sign_in_attempts_address on public.sign_in_attempts (address, attempted_at);

alter table public.staff enable row level security;
alter table public.staff_sessions enable row level security;
alter table public.staff_links enable row level security;
alter table public.sign_in_attempts enable row level security;
revoke all on public.staff, public.staff_sessions, public.staff_links, public.sign_in_attempts
    from public, anon, authenticated, service_role;
revoke all on sequence public.sign_in_attempts_id_seq from public, anon, authenticated, service_role;

-- The gate signs people in, before anybody has a role.
grant select (id, email, full_name, password_hash, roles, is_active, is_demo), update (password_hash)
    on public.staff to bee_gate;
grant
    select (token_sha256, staff_id, last_seen_at, expires_at, ended_at),
    insert (token_sha256, staff_id, created_at, last_seen_at, expires_at, address),
    update (last_seen_at, ended_at, ended_because)
    on public.staff_sessions to bee_gate;
grant select (token_sha256, staff_id, purpose, expires_at, used_at), update (used_at) on public.staff_links to bee_gate;
grant select (account, address, attempted_at, succeeded), insert (account, address, succeeded)
    on public.sign_in_attempts to bee_gate;
create policy gate on public.staff to bee_gate using (true) with check (true);
create policy gate on public.staff_sessions to bee_gate using (true) with check (true);
create policy gate on public.staff_links to bee_gate using (true) with check (true);
create policy gate on public.sign_in_attempts to bee_gate using (true) with check (true);

-- Admins manage staff and never see a hash; everybody on the staff sees colleagues' names.
grant select (id, email, full_name, roles, is_active, is_demo, created_at, created_by) on public.staff to bee_admin;
grant insert (id, email, full_name, roles, is_demo, created_by) on public.staff to bee_admin;
grant update (full_name, roles, is_active) on public.staff to bee_admin;
grant select on public.staff_sessions to bee_admin;
grant update (ended_at, ended_because) on public.staff_sessions to bee_admin;
grant insert (token_sha256, staff_id, purpose, created_by, expires_at) on public.staff_links to bee_admin;
grant select (staff_id, purpose, created_at, created_by, expires_at, used_at) on public.staff_links to bee_admin;
grant update (used_at) on public.staff_links to bee_admin;
create policy admin on public.staff to bee_admin using (true) with check (true);
create policy admin on public.staff_sessions to bee_admin using (true) with check (true);
create policy admin on public.staff_links to bee_admin using (true) with check (true);

grant select (id, full_name, roles, is_active, is_demo) on public.staff to bee_product, bee_coach, bee_oncall;
create policy colleagues on public.staff for select to bee_product, bee_coach, bee_oncall using (true);

-- The worker clears what is long over.
grant select (attempted_at), delete on public.sign_in_attempts to bee_worker;
grant select (expires_at), delete on public.staff_sessions, public.staff_links to bee_worker;
grant select (id, full_name, roles, is_active, is_demo) on public.staff to bee_worker;
create policy worker on public.sign_in_attempts to bee_worker using (true);
create policy worker on public.staff_sessions to bee_worker using (true);
create policy worker on public.staff_links to bee_worker using (true);
create policy worker on public.staff for select to bee_worker using (true);
