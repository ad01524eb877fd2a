-- Alerts: what is watched, what fired and why, who is on call, what was done about it, and what was told to whom.

-- What is watched and from when on it is an alert, or the steps in which people are told, as it was saved once: never changed,
-- only followed. The newest version holds, and watches unless it is off. `tested`: what it would have fired on what is stored;
-- only what came with the program has none.
create table public.alert_rule_versions (
    rule text not null check (rule ~ '^[a-z][a-z0-9_]{0,39}$'),
    version integer not null check (version > 0),
    is_on boolean not null,
    body text not null check (length(body) <= 20000 and jsonb_typeof(body::jsonb) = 'object'),
    digest text not null check (digest ~ '^[0-9a-f]{64}$'),
    tested jsonb check (jsonb_typeof(tested) = 'object'),
    author_id uuid references public.staff (id),
    message text not null check (length(message) between 1 and 500),
    created_at timestamptz not null default clock_timestamp(),
    primary key (rule, version),
    constraint alert_rule_versions_tested check (author_id is null or tested is not null)
);

-- Something that fired: at most one is open for a cause, which is a rule and, where it has several, one of its subjects.
-- `quiet_since` is null while it fires, `times` says how often it began to. A round of messages goes up the steps from
-- `round_at`; `steps_asked` are due whatever the hour. `revision` counts what was done, so that nobody acts on what was.
create table public.alerts (
    id bigint generated always as identity primary key,
    rule text not null,
    version integer not null,
    subject text not null default '' check (length(subject) <= 100),
    severity text not null check (severity in ('page', 'ticket')),
    opened_at timestamptz not null,
    fired_at timestamptz not null,
    quiet_since timestamptz,
    times integer not null default 1 check (times > 0),
    evidence jsonb not null check (jsonb_typeof(evidence) = 'object'),
    round integer not null default 1 check (round > 0),
    round_at timestamptz not null,
    steps_told integer not null default 0 check (steps_told >= 0),
    steps_asked integer not null default 0 check (steps_asked >= 0),
    acknowledged_by uuid references public.staff (id),
    acknowledged_until timestamptz,
    snoozed_by uuid references public.staff (id),
    snoozed_until timestamptz,
    is_actionable boolean,
    closed_by uuid references public.staff (id),
    closed_at timestamptz,
    revision integer not null default 1 check (revision > 0),
    foreign key (rule, version) references public.alert_rule_versions (rule, version),
    constraint alerts_acknowledged_by_somebody check ((acknowledged_by is null) = (acknowledged_until is null)),
    constraint alerts_snoozed_by_somebody check ((snoozed_by is null) = (snoozed_until is null)),
    constraint alerts_closed_at_some_time check (closed_by is null or closed_at is not null),
    constraint alerts_closed_when_quiet check (closed_at is null or quiet_since is not null)
);
create unique index alerts_open on public.alerts (rule, subject) where closed_at is null;
create index alerts_history on public.alerts (opened_at, id);
create index alerts_cause on public.alerts (rule, subject, id);

-- What became of an alert and what was done about it. Nobody did what the worker does. `seen`: the revision that whoever
-- acts had before them.
create table public.alert_acts (
    id bigint generated always as identity primary key,
    alert bigint not null references public.alerts (id),
    kind text not null,
    done_by uuid references public.staff (id),
    done_at timestamptz not null default clock_timestamp(),
    seen integer,
    until timestamptz,
    is_actionable boolean,
    note text not null default '' check (length(note) <= 2000),
    constraint alert_acts_known check (
        (done_by is null and kind in ('opened', 'raised', 'came_back', 'reopened', 'expired', 'told', 'ended'))
        or (done_by is not null and kind in ('acknowledged', 'snoozed', 'escalated', 'noted', 'judged', 'closed'))
    ),
    constraint alert_acts_until check ((until is not null) = (kind in ('acknowledged', 'snoozed'))),
    constraint alert_acts_judgement check ((is_actionable is not null) = (kind = 'judged')),
    constraint alert_acts_note check (kind <> 'noted' or note <> ''),
    constraint alert_acts_seen check (done_by is null or seen is not null)
);
create index alert_acts_alert on public.alert_acts (alert, id);
create index alert_acts_time on public.alert_acts (done_at, id);

-- What somebody does to an alert is done to it here, under its lock: of two who saw the same, the second is refused.
create function public.bee_apply_alert_act() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    found public.alerts;
    fault text;
begin
    if new.done_by is null then
        return null;
    end if;
    select * into found from public.alerts where id = new.alert for update;
    fault := case
        when new.kind not in ('noted', 'judged') and found.closed_at is not null then 'ended'
        when new.kind <> 'noted' and found.revision <> new.seen then 'changed'
        when new.kind = 'closed' and found.quiet_since is null then 'fires'
        when new.kind = 'acknowledged' and new.until not between new.done_at and new.done_at + interval '1 day' then 'until'
        when new.kind = 'snoozed' and new.until not between new.done_at and new.done_at + interval '7 days' then 'until'
    end;
    if fault is not null then
        raise exception 'alert %: %', new.alert, fault using
            errcode = 'restrict_violation', constraint = 'alert_' || fault;
    end if;
    update public.alerts
    set
        acknowledged_by = case new.kind
            when 'acknowledged' then new.done_by when 'escalated' then null else acknowledged_by
        end,
        acknowledged_until = case new.kind
            when 'acknowledged' then new.until when 'escalated' then null else acknowledged_until
        end,
        snoozed_by = case new.kind when 'snoozed' then new.done_by when 'escalated' then null else snoozed_by end,
        snoozed_until = case new.kind when 'snoozed' then new.until when 'escalated' then null else snoozed_until end,
        steps_asked = case new.kind when 'escalated' then steps_told + 1 else steps_asked end,
        is_actionable = case new.kind when 'judged' then new.is_actionable else is_actionable end,
        closed_by = case new.kind when 'closed' then new.done_by else closed_by end,
        closed_at = case new.kind when 'closed' then new.done_at else closed_at end,
        revision = revision + case new.kind when 'noted' then 0 else 1 end
    where id = new.alert;
    return null;
end
$$;
revoke all on function public.bee_apply_alert_act() from public, anon, authenticated, service_role;
create trigger apply_act after insert on public.alert_acts
    for each row execute function public.bee_apply_alert_act();

-- What was told of an alert, a row for each receiver of a step; step 0 is that it is over. How it fared stands in the outbox.
create table public.alert_messages (
    alert bigint not null references public.alerts (id),
    round integer not null check (round > 0),
    step integer not null check (step >= 0),
    channel text not null check (channel in ('mail', 'webhook')),
    receiver text not null default '' check (length(receiver) <= 40),
    dedupe_key text not null generated always as (
        'alert:' || alert::text || ':' || round::text || ':' || step::text || ':' || channel || ':' || receiver
    ) stored,
    queued_at timestamptz not null,
    given_up_at timestamptz,
    primary key (alert, round, step, channel, receiver),
    constraint alert_messages_key unique (dedupe_key)
);

-- Who is on call when: level 1 is told first. Nobody holds a level twice at once; what was taken back stays as a row.
create table public.oncall_shifts (
    id bigint generated always as identity primary key,
    level integer not null check (level between 1 and 3),
    staff_id uuid not null references public.staff (id),
    starts_at timestamptz not null,
    ends_at timestamptz not null,
    created_by uuid not null references public.staff (id),
    created_at timestamptz not null default clock_timestamp(),
    removed_by uuid references public.staff (id),
    removed_at timestamptz,
    constraint oncall_shifts_end_later check (ends_at > starts_at and ends_at <= starts_at + interval '62 days'),
    constraint oncall_shifts_removed_by_somebody check ((removed_by is null) = (removed_at is null)),
    constraint oncall_shifts_one_a_level exclude using gist (
        int4range(level, level, '[]') with &&, tstzrange(starts_at, ends_at) with &&
    ) where (removed_at is null)
);

-- What is said of a shift afterwards is only that it was taken back, once.
create function public.bee_remove_shift_once() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    said constant text[] := array['removed_by', 'removed_at'];
begin
    if pg_catalog.to_jsonb(new) - said <> pg_catalog.to_jsonb(old) - said or old.removed_at is not null then
        raise exception 'a shift is only taken back, once' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
revoke all on function public.bee_remove_shift_once() from public, anon, authenticated, service_role;
create trigger remove_once before update on public.oncall_shifts
    for each row execute function public.bee_remove_shift_once();

-- Where somebody who is called is reached. The worker needs it to send, and nothing else of a colleague.
create function public.bee_oncall_address(person uuid) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select email
    from public.staff
    where id = person and is_active and not is_demo and roles && array['oncall', 'admin']
$$;
revoke all on function public.bee_oncall_address(uuid) from public, anon, authenticated, service_role;
grant execute on function public.bee_oncall_address(uuid) to bee_worker;

-- That a minute was watched: one worker does each.
create table public.alert_passes (
    minute timestamptz primary key,
    passed_at timestamptz not null default clock_timestamp(),
    worker text not null check (length(worker) between 1 and 200),
    rules integer not null check (rules >= 0),
    firing integer not null check (firing >= 0)
);

-- How old the oldest thing was that had to be done by a minute, or for how long nobody was heard of; no row, nothing was late.
create table public.alert_signals (
    minute timestamptz not null references public.alert_passes (minute) on delete cascade,
    signal text not null check (length(signal) between 1 and 40),
    subject text not null default '' check (length(subject) <= 100),
    age_s double precision not null check (age_s > 0),
    primary key (minute, signal, subject)
);
create index alert_signals_signal on public.alert_signals (signal, minute);

-- That a worker's round of what is due goes on.
create table public.worker_beats (
    worker text primary key check (length(worker) between 1 and 200),
    release text not null check (length(release) <= 100),
    beat_at timestamptz not null
);

create trigger append_only before update or delete or truncate on public.alert_rule_versions
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.alert_acts
    for each statement execute function public.bee_refuse_change();

alter table public.alert_rule_versions enable row level security;
alter table public.alerts enable row level security;
alter table public.alert_acts enable row level security;
alter table public.alert_messages enable row level security;
alter table public.oncall_shifts enable row level security;
alter table public.alert_passes enable row level security;
alter table public.alert_signals enable row level security;
alter table public.worker_beats enable row level security;
revoke all on
    public.alert_rule_versions, public.alerts, public.alert_acts, public.alert_messages, public.oncall_shifts,
    public.alert_passes, public.alert_signals, public.worker_beats
    from public, anon, authenticated, service_role;
revoke all on sequence public.alerts_id_seq, public.alert_acts_id_seq, public.oncall_shifts_id_seq
    from public, anon, authenticated, service_role;

-- The worker watches and tells; what it said is not said again otherwise.
grant select on public.alert_rule_versions, public.oncall_shifts to bee_worker;
create policy worker on public.alert_rule_versions for select to bee_worker using (true);
create policy worker on public.oncall_shifts for select to bee_worker using (true);
grant select, insert, update on public.alerts to bee_worker;
create policy worker on public.alerts to bee_worker using (true) with check (true);
grant select, insert (alert, kind, done_at, note) on public.alert_acts to bee_worker;
create policy worker on public.alert_acts for select to bee_worker using (true);
create policy worker_acts on public.alert_acts for insert to bee_worker with check (done_by is null);
grant select, insert (alert, round, step, channel, receiver, queued_at), update (given_up_at) on public.alert_messages
    to bee_worker;
create policy worker on public.alert_messages to bee_worker using (true) with check (true);
grant select, insert, delete on public.alert_passes, public.alert_signals to bee_worker;
create policy worker on public.alert_passes to bee_worker using (true) with check (true);
create policy worker on public.alert_signals to bee_worker using (true) with check (true);
grant select, insert, update, delete on public.worker_beats to bee_worker;
create policy worker on public.worker_beats to bee_worker using (true) with check (true);
-- Whether a provider is left alone for a while is watched too.
grant select on public.coach_breakers to bee_worker;
create policy worker on public.coach_breakers for select to bee_worker using (true);

-- On-call and admins see all of it, act under their own name, say what is watched and who is on call.
grant select on
    public.alert_rule_versions, public.alerts, public.alert_acts, public.alert_messages, public.oncall_shifts,
    public.alert_passes, public.alert_signals, public.worker_beats
    to bee_oncall, bee_admin;
create policy staff on public.alert_rule_versions for select to bee_oncall, bee_admin using (true);
create policy staff on public.alerts for select to bee_oncall, bee_admin using (true);
create policy staff on public.alert_acts for select to bee_oncall, bee_admin using (true);
create policy staff on public.alert_messages for select to bee_oncall, bee_admin using (true);
create policy staff on public.oncall_shifts for select to bee_oncall, bee_admin using (true);
create policy staff on public.alert_passes for select to bee_oncall, bee_admin using (true);
create policy staff on public.alert_signals for select to bee_oncall, bee_admin using (true);
create policy staff on public.worker_beats for select to bee_oncall, bee_admin using (true);
grant insert (alert, kind, done_by, seen, until, is_actionable, note) on public.alert_acts to bee_oncall, bee_admin;
create policy own_act on public.alert_acts for insert to bee_oncall, bee_admin
    with check (done_by = (select public.bee_staff_id()));
grant insert (rule, version, is_on, body, digest, tested, author_id, message) on public.alert_rule_versions
    to bee_oncall, bee_admin;
create policy author on public.alert_rule_versions for insert to bee_oncall, bee_admin
    with check (author_id = (select public.bee_staff_id()));
grant insert (level, staff_id, starts_at, ends_at, created_by), update (removed_by, removed_at) on public.oncall_shifts
    to bee_oncall, bee_admin;
create policy by_name on public.oncall_shifts for insert to bee_oncall, bee_admin
    with check (created_by = (select public.bee_staff_id()));
create policy removed_by_name on public.oncall_shifts for update to bee_oncall, bee_admin
    using (true) with check (removed_by is null or removed_by = (select public.bee_staff_id()));
