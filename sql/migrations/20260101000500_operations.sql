-- What keeps the house running: jobs, what leaves the house, and the trail of who did what.
create table public.jobs (
    id bigint generated always as identity primary key,
    kind text not null check (length(kind) between 1 and 60),
    key text not null default '',
    payload jsonb not null default '{}',
    run_at timestamptz not null default now(),
    attempts integer not null default 0,
    max_attempts integer not null default 5 check (max_attempts > 0),
    created_at timestamptz not null default now(),
    started_at timestamptz,
    heartbeat_at timestamptz,
    finished_at timestamptz,
    worker text,
    outcome text check (outcome in ('done', 'failed')),
    error text,
    rows_done bigint not null default 0,
    constraint jobs_finish_has_outcome check ((finished_at is null) = (outcome is null))
);
-- At most one job of a kind and key is waiting or running.
create unique index jobs_open on public.jobs (kind, key) where finished_at is null;
create index jobs_due on public.jobs (run_at) where finished_at is null;
create index jobs_history on public.jobs (kind, finished_at);

create table public.outbox (
    id bigint generated always as identity primary key,
    topic text not null check (length(topic) between 1 and 60),
    dedupe_key text not null,
    payload jsonb not null,
    created_at timestamptz not null default now(),
    available_at timestamptz not null default now(),
    attempts integer not null default 0,
    delivered_at timestamptz,
    last_error text,
    constraint outbox_dedupe_key_key unique (dedupe_key)
);
create index outbox_waiting on public.outbox (available_at) where delivered_at is null;

-- Appended by whoever acts, in the transaction of the act. It holds pseudonymous ids and no message text.
create table public.audit_log (
    id bigint generated always as identity primary key,
    at timestamptz not null default clock_timestamp(),
    transaction xid8 not null default pg_current_xact_id(),
    actor_kind text not null check (actor_kind in ('staff', 'member', 'system', 'operator')),
    actor_id uuid,
    action text not null check (action ~ '^[a-z_]+(\.[a-z_]+)+$'),
    subject_kind text not null,
    subject_id text,
    before jsonb,
    after jsonb,
    reason text
);
create index audit_log_order on public.audit_log (transaction, id);
create index audit_log_subject on public.audit_log (subject_kind, subject_id, id);
create index audit_log_time on public.audit_log (at, id);
create index audit_log_action on public.audit_log (action, at, id);

-- Each seal covers the rows behind the one before it; its digest chains them.
create table public.audit_seals (
    id bigint generated always as identity primary key,
    sealed_at timestamptz not null default clock_timestamp(),
    through_transaction xid8 not null,
    through_id bigint not null,
    rows_sealed bigint not null check (rows_sealed > 0),
    previous bytea not null check (length(previous) = 32),
    digest bytea not null check (length(digest) = 32),
    constraint audit_seals_chain_does_not_fork unique (previous)
);

create function public.bee_refuse_change() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    raise exception '% is only ever appended to', tg_table_name using errcode = 'restrict_violation';
end
$$;
revoke all on function public.bee_refuse_change() from public, anon, authenticated, service_role;
create trigger append_only before update or truncate on public.audit_log
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or truncate on public.audit_seals
    for each statement execute function public.bee_refuse_change();

-- From the trail nothing goes but its beginning, by the one function below.
create function public.bee_refuse_forgetting() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if current_setting('bee.forgets_acts', true) is distinct from pg_current_xact_id()::text then
        raise exception '% is only ever appended to', tg_table_name using errcode = 'restrict_violation';
    end if;
    return null;
end
$$;
revoke all on function public.bee_refuse_forgetting() from public, anon, authenticated, service_role;
create trigger never_forgotten before delete on public.audit_log
    for each statement execute function public.bee_refuse_forgetting();
create trigger never_forgotten before delete on public.audit_seals
    for each statement execute function public.bee_refuse_forgetting();

-- Forgets the acts that were sealed before a moment, and the seals over them but for the last, on which the chain goes
-- on: from it what is left is proved. Nobody's but the owner's to call, and never for the last year.
create function public.bee_forget_acts(sealed_before timestamptz)
returns table (seal_id bigint, digest bytea, acts bigint, seals bigint)
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    last_seal public.audit_seals;
begin
    if sealed_before > now() - interval '1 year' then
        raise exception 'acts are kept for a year at least' using errcode = 'restrict_violation';
    end if;
    select * into last_seal from public.audit_seals where sealed_at < sealed_before order by id desc limit 1;
    if not found then
        return;
    end if;
    perform set_config('bee.forgets_acts', pg_current_xact_id()::text, true);
    delete from public.audit_log
    where (audit_log.transaction, audit_log.id) <= (last_seal.through_transaction, last_seal.through_id);
    get diagnostics acts = row_count;
    delete from public.audit_seals where audit_seals.id < last_seal.id;
    get diagnostics seals = row_count;
    perform set_config('bee.forgets_acts', '', true);
    seal_id := last_seal.id;
    digest := last_seal.digest;
    if acts > 0 then
        return next;
    end if;
end
$$;
revoke all on function public.bee_forget_acts(timestamptz) from public, anon, authenticated, service_role;
create trigger append_only before update or delete or truncate on public.score_definitions
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.score_definition_activations
    for each statement execute function public.bee_refuse_change();

alter table public.jobs enable row level security;
alter table public.outbox enable row level security;
alter table public.audit_log enable row level security;
alter table public.audit_seals enable row level security;
revoke all on public.jobs, public.outbox, public.audit_log, public.audit_seals
    from public, anon, authenticated, service_role;
revoke all on sequence public.jobs_id_seq, public.outbox_id_seq, public.audit_log_id_seq, public.audit_seals_id_seq
    from public, anon, authenticated, service_role;

grant select, insert, update, delete on public.jobs, public.outbox to bee_worker;
grant select, insert on public.outbox to bee_system;
-- What is asked for twice is one job: to find that out takes the columns that tell jobs apart.
grant select (kind, key, finished_at), insert on public.jobs to bee_system;
create policy system on public.jobs to bee_worker, bee_system using (true) with check (true);
create policy system on public.outbox to bee_worker, bee_system using (true) with check (true);
grant select on public.jobs to bee_oncall, bee_admin;
-- They have a job run, or run sooner: what it is given is nobody's to choose.
grant insert (kind, key), update (run_at) on public.jobs to bee_oncall, bee_admin;
grant select on public.outbox to bee_admin;
-- What leaves the house may be a message to a member: on-call sees that it waits or left, not what it says.
grant select (id, topic, dedupe_key, created_at, available_at, attempts, delivered_at, last_error)
    on public.outbox to bee_oncall;
create policy staff on public.jobs for select to bee_oncall, bee_admin using (true);
create policy asks on public.jobs for insert to bee_oncall, bee_admin with check (true);
create policy hastens on public.jobs for update to bee_oncall, bee_admin
    using (finished_at is null and started_at is null) with check (true);
create policy staff on public.outbox for select to bee_oncall, bee_admin using (true);

-- Everybody appends what they did; only admins and on-call read; nobody changes.
grant insert (actor_kind, actor_id, action, subject_kind, subject_id, before, after, reason) on public.audit_log
    to bee_gate, bee_product, bee_coach, bee_oncall, bee_admin, bee_worker, bee_system;
create policy own_act on public.audit_log for insert to bee_product, bee_coach, bee_oncall, bee_admin
    with check (actor_kind = 'staff' and actor_id = (select public.bee_staff_id()));
create policy gate_act on public.audit_log for insert to bee_gate with check (actor_kind = 'staff');
create policy system_act on public.audit_log for insert to bee_worker, bee_system
    with check (actor_kind in ('system', 'member'));
grant select on public.audit_log, public.audit_seals to bee_admin, bee_oncall, bee_worker;
create policy trail on public.audit_log for select to bee_admin, bee_oncall, bee_worker using (true);
create policy trail on public.audit_seals for select to bee_admin, bee_oncall, bee_worker using (true);
grant insert (through_transaction, through_id, rows_sealed, previous, digest) on public.audit_seals to bee_worker;
create policy seal on public.audit_seals for insert to bee_worker with check (true);
