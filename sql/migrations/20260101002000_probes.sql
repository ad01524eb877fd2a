-- Probes: what the service looked like from outside, on fixed ticks, and who looks.

-- Who looks at what, and when each was last heard of: whoever falls silent shows here, not in a tick. `not_run`: why the
-- probe could not be tried at its last tick. `waiting`: how many older rounds it had not told when it looked.
create table public.probers (
    prober text not null check (prober ~ '^[a-z0-9][a-z0-9.-]{0,59}$'),
    target text not null check (length(target) between 1 and 200),
    probe text not null check (probe in ('ready', 'journey')),
    every_s integer not null check (every_s between 1 and 3600),
    release text not null check (length(release) <= 100),
    last_tick_at timestamptz not null,
    seen_at timestamptz not null default clock_timestamp(),
    not_run text not null default '' check (not_run ~ '^[a-z0-9_]{0,60}$'),
    waiting integer not null default 0 check (waiting >= 0),
    primary key (prober, target, probe)
);

-- A step of a probe at a tick. `scheduled_at` is the tick, whenever it was looked at and heard of; of a tick that was
-- missed there is no row. Not `ok`: it failed, and failed again at once. `seconds`: of the try that decided. `began_s`,
-- `ended_s`: when, after the tick, the first try began and the last one was over.
create table public.probe_ticks (
    scheduled_at timestamptz not null,
    target text not null,
    step text not null check (step in ('ready', 'sign_in', 'event', 'momentum', 'coach', 'push')),
    prober text not null,
    every_s integer not null check (every_s between 1 and 3600),
    ok boolean not null,
    retried boolean not null,
    seconds double precision not null check (seconds >= 0),
    reason text not null check (reason ~ '^[a-z0-9_]{0,60}$'),
    began_s double precision not null check (began_s >= 0),
    ended_s double precision not null,
    release text not null check (length(release) <= 100),
    noted_at timestamptz not null default clock_timestamp(),
    primary key (scheduled_at, target, step, prober),
    constraint probe_ticks_end_after_they_begin check (ended_s >= began_s),
    constraint probe_ticks_failed_twice check (ok or retried),
    constraint probe_ticks_failure_has_reason check (ok or reason <> '')
);

alter table public.probers enable row level security;
alter table public.probe_ticks enable row level security;
revoke all on public.probers, public.probe_ticks from public, anon, authenticated, service_role;

-- The worker looks too; what others saw comes in through the API. The worker forgets.
grant select, insert, update, delete on public.probers to bee_worker;
grant select, insert, delete on public.probe_ticks to bee_worker;
grant select, insert, update on public.probers to bee_system;
grant select, insert on public.probe_ticks to bee_system;
create policy system on public.probers to bee_worker, bee_system using (true) with check (true);
create policy system on public.probe_ticks to bee_worker, bee_system using (true) with check (true);
grant select on public.probers, public.probe_ticks to bee_oncall, bee_admin;
create policy staff on public.probers for select to bee_oncall, bee_admin using (true);
create policy staff on public.probe_ticks for select to bee_oncall, bee_admin using (true);

-- The synthetic member, as whom a prober takes a member's journey, is made by the system.
grant insert (is_synthetic) on public.members to bee_system;

-- A push that a prober has asked for: the worker takes it as it would any, and it is recorded and reaches nobody.
create table public.probe_pushes (
    id uuid primary key default gen_random_uuid(),
    asked_at timestamptz not null default clock_timestamp(),
    taken_at timestamptz,
    outcome text check (outcome in ('recorded', 'no_device')),
    constraint probe_pushes_taken_has_outcome check ((taken_at is null) = (outcome is null))
);
create index probe_pushes_waiting on public.probe_pushes (asked_at) where taken_at is null;

alter table public.probe_pushes enable row level security;
revoke all on public.probe_pushes from public, anon, authenticated, service_role;
grant select on public.probe_pushes to bee_system, bee_worker, bee_oncall, bee_admin;
grant insert (id) on public.probe_pushes to bee_system;
grant update (taken_at, outcome) on public.probe_pushes to bee_worker;
create policy readers on public.probe_pushes for select to bee_system, bee_worker, bee_oncall, bee_admin using (true);
create policy asks on public.probe_pushes for insert to bee_system with check (true);
create policy takes on public.probe_pushes for update to bee_worker using (true) with check (true);
