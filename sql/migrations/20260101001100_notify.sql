-- Notifications: rules as versions, what members chose, what became of each decision, and the tasks of coaches.

-- What decides whom to notify and when, and the budget over all of it: never changed, only followed by a later version.
create table public.notification_rule_versions (
    rule text not null check (rule ~ '^[a-z][a-z0-9_]{0,39}$'),
    version integer not null check (version > 0),
    body jsonb not null check (jsonb_typeof(body) = 'object'),
    digest text not null check (digest ~ '^[0-9a-f]{64}$'),
    author_id uuid references public.staff (id),
    message text not null check (length(message) between 1 and 500),
    created_at timestamptz not null default now(),
    primary key (rule, version),
    constraint notification_rule_versions_digest_key unique (rule, digest),
    constraint notification_rule_versions_approvable unique (rule, version, digest)
);

-- By somebody else than the author, bound to exactly what was read.
create table public.notification_rule_approvals (
    rule text not null,
    version integer not null,
    digest text not null,
    approved_by uuid not null references public.staff (id),
    approved_at timestamptz not null default clock_timestamp(),
    primary key (rule, version, approved_by),
    foreign key (rule, version, digest) references public.notification_rule_versions (rule, version, digest)
);

-- The newest row of a rule counts; without a version the rule is off.
create table public.notification_rule_activations (
    id bigint generated always as identity primary key,
    rule text not null,
    version integer,
    activated_by uuid references public.staff (id),
    activated_at timestamptz not null default clock_timestamp(),
    reason text not null default '' check (length(reason) <= 500),
    foreign key (rule, version) references public.notification_rule_versions (rule, version)
);
create index notification_rule_activations_rule on public.notification_rule_activations (rule, id);

-- The kill switch: the newest row of a rule counts, and that without a rule is everything's.
create table public.notification_stops (
    id bigint generated always as identity primary key,
    rule text,
    is_stopped boolean not null,
    changed_by uuid references public.staff (id),
    changed_at timestamptz not null default clock_timestamp(),
    reason text not null check (length(reason) between 1 and 500)
);
create index notification_stops_rule on public.notification_stops (rule, id);

-- All that a member chose at one time; the newest row counts. Hours left out are the budget's, equal ones are none.
create table public.notification_preferences (
    id bigint generated always as identity primary key,
    user_id uuid not null references public.members (id) on delete cascade,
    quiet_from time,
    quiet_until time,
    opted_out text[] not null default '{}' check (cardinality(opted_out) <= 50),
    decided_at timestamptz not null default clock_timestamp(),
    constraint notification_preferences_quiet_both check ((quiet_from is null) = (quiet_until is null))
);
create index notification_preferences_member on public.notification_preferences (user_id, id);

-- What a member chose is in the trail, with what held before.
create function public.bee_record_preferences() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    insert into public.audit_log (actor_kind, actor_id, action, subject_kind, subject_id, before, after)
    values (
        'member', new.user_id, 'notification_preferences.chosen', 'member', new.user_id::text,
        (
            select pg_catalog.to_jsonb(known) - array['id', 'user_id', 'decided_at']
            from public.notification_preferences as known
            where known.user_id = new.user_id and known.id < new.id
            order by known.id desc
            limit 1
        ),
        pg_catalog.to_jsonb(new) - array['id', 'user_id', 'decided_at']
    );
    return null;
end
$$;
revoke all on function public.bee_record_preferences() from public, anon, authenticated, service_role;
create trigger record_preferences after insert on public.notification_preferences
    for each row execute function public.bee_record_preferences();

-- The queue: what a decision to send still has to do, and in the end what became of it. `put_off_since`: since when it was due,
-- where it was tried and did not leave; null while that never happened, or quiet hours hold it.
create table public.notification_deliveries (
    notification_id uuid primary key references public.momentum_notifications (id) on delete cascade,
    user_id uuid not null references public.members (id) on delete cascade,
    available_at timestamptz not null,
    put_off_since timestamptz,
    tries integer not null default 0 check (tries >= 0),
    claimed_by text,
    claimed_at timestamptz,
    finished_at timestamptz,
    outcome text check (outcome in ('accepted', 'recorded', 'ambiguous', 'failed', 'withheld', 'expired')),
    reason text,
    constraint notification_deliveries_finish_has_outcome check ((finished_at is null) = (outcome is null)),
    constraint notification_deliveries_claim_is_whole check ((claimed_by is null) = (claimed_at is null))
);
create index notification_deliveries_due on public.notification_deliveries (available_at) where finished_at is null;
create index notification_deliveries_member on public.notification_deliveries (user_id);

-- Written and committed before each post to a device. `via`: the push service, or the recorder that only keeps it.
create table public.notification_attempts (
    id bigint generated always as identity primary key,
    notification_id uuid not null references public.notification_deliveries (notification_id) on delete cascade,
    token_id uuid not null,
    number integer not null check (number > 0),
    platform text not null,
    via text not null check (via in ('fcm', 'recorder')),
    project text not null default '',
    collapse_key text not null check (length(collapse_key) between 1 and 64),
    worker text not null,
    attempted_at timestamptz not null,
    constraint notification_attempts_number_key unique (notification_id, token_id, number)
);

-- What the answer to an attempt was; an ambiguous one may have been delivered.
create table public.notification_outcomes (
    attempt_id bigint primary key references public.notification_attempts (id) on delete cascade,
    outcome text not null check (outcome in (
        'accepted', 'recorded', 'dead_address', 'wrong_project', 'payload', 'configuration', 'throttled', 'unreachable',
        'ambiguous', 'not_posted'
    )),
    error text not null default '',
    message_id text,
    answered_at timestamptz not null,
    constraint notification_outcomes_accepted_has_id check ((outcome = 'accepted') = (message_id is not null))
);

-- Where nothing is posted for a while. Platform 'all' is the whole project.
create table public.notification_breakers (
    project text not null,
    platform text not null check (platform in ('all', 'ios', 'android', 'web')),
    opened_at timestamptz not null,
    open_until timestamptz not null,
    because text not null,
    primary key (project, platform)
);

-- What a coach is asked to do about a member, with what it came from: a decision, or words that may tell of danger.
create table public.coach_interventions (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.members (id) on delete cascade,
    notification_id uuid references public.momentum_notifications (id) on delete cascade,
    safety_event_id uuid references public.safety_events (id) on delete cascade,
    coach_id uuid references public.staff (id),
    priority text not null check (priority in ('urgent', 'high', 'normal', 'low')),
    created_at timestamptz not null,
    due_at timestamptz not null,
    done_at timestamptz,
    done_by uuid references public.staff (id),
    outcome text check (length(outcome) between 1 and 60),
    note text not null default '' check (length(note) <= 2000),
    constraint coach_interventions_notification_key unique (notification_id),
    constraint coach_interventions_safety_event_key unique (safety_event_id),
    constraint coach_interventions_one_cause check (num_nonnulls(notification_id, safety_event_id) = 1),
    constraint coach_interventions_done_whole check (num_nulls(done_at, done_by, outcome) in (0, 3))
);
create index coach_interventions_member on public.coach_interventions (user_id, created_at);
create index coach_interventions_open on public.coach_interventions (due_at) where done_at is null;
create index coach_interventions_done on public.coach_interventions (done_at) where done_at is not null;

-- A task is done once and stays as it was done; what was asked is never changed.
create function public.bee_do_task_once() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    said constant text[] := array['done_at', 'done_by', 'outcome', 'note'];
begin
    if new is not distinct from old then
        return new;
    end if;
    if pg_catalog.to_jsonb(new) - said <> pg_catalog.to_jsonb(old) - said or old.done_at is not null then
        raise exception 'a task is done once, and what was asked stays' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
revoke all on function public.bee_do_task_once() from public, anon, authenticated, service_role;
create trigger do_task_once before update on public.coach_interventions
    for each row execute function public.bee_do_task_once();

create trigger append_only before update or delete or truncate on public.notification_rule_versions
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.notification_rule_approvals
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.notification_rule_activations
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.notification_stops
    for each statement execute function public.bee_refuse_change();

-- Removes decisions, and what became of them, that nobody has to keep any more; never one of the last year.
create function public.bee_forget_notifications(decided_before timestamptz) returns bigint
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    forgotten bigint;
begin
    if decided_before > now() - interval '1 year' then
        raise exception 'decisions are kept for a year at least' using errcode = 'restrict_violation';
    end if;
    delete from public.momentum_notifications where decided_at < decided_before;
    get diagnostics forgotten = row_count;
    return forgotten;
end
$$;
revoke all on function public.bee_forget_notifications(timestamptz) from public, anon, authenticated, service_role;
grant execute on function public.bee_forget_notifications(timestamptz) to bee_worker;

alter table public.notification_rule_versions enable row level security;
alter table public.notification_rule_approvals enable row level security;
alter table public.notification_rule_activations enable row level security;
alter table public.notification_stops enable row level security;
alter table public.notification_preferences enable row level security;
alter table public.notification_deliveries enable row level security;
alter table public.notification_attempts enable row level security;
alter table public.notification_outcomes enable row level security;
alter table public.notification_breakers enable row level security;
alter table public.coach_interventions enable row level security;
revoke all on
    public.notification_rule_versions, public.notification_rule_approvals, public.notification_rule_activations,
    public.notification_stops, public.notification_preferences, public.notification_deliveries,
    public.notification_attempts, public.notification_outcomes, public.notification_breakers, public.coach_interventions
    from public, anon, authenticated, service_role;
revoke all on sequence
    public.notification_rule_activations_id_seq, public.notification_stops_id_seq,
    public.notification_preferences_id_seq, public.notification_attempts_id_seq
    from public, anon, authenticated, service_role;

-- A member chooses for themselves.
grant select on public.notification_preferences to authenticated;
grant insert (user_id, quiet_from, quiet_until, opted_out) on public.notification_preferences to authenticated;
create policy own on public.notification_preferences for select to authenticated using (user_id = (select auth.uid()));
create policy own_choice on public.notification_preferences for insert to authenticated
    with check (user_id = (select auth.uid()));

-- Rules are read by all who work here, written by product and admins, approved and let loose by admins.
grant select on
    public.notification_rule_versions, public.notification_rule_approvals, public.notification_rule_activations,
    public.notification_stops
    to bee_product, bee_coach, bee_oncall, bee_admin, bee_worker;
create policy everybody on public.notification_rule_versions for select
    to bee_product, bee_coach, bee_oncall, bee_admin, bee_worker using (true);
create policy everybody on public.notification_rule_approvals for select
    to bee_product, bee_coach, bee_oncall, bee_admin, bee_worker using (true);
create policy everybody on public.notification_rule_activations for select
    to bee_product, bee_coach, bee_oncall, bee_admin, bee_worker using (true);
create policy everybody on public.notification_stops for select
    to bee_product, bee_coach, bee_oncall, bee_admin, bee_worker using (true);
grant insert (rule, version, body, digest, author_id, message) on public.notification_rule_versions
    to bee_product, bee_admin;
create policy author on public.notification_rule_versions for insert to bee_product, bee_admin
    with check (author_id = (select public.bee_staff_id()));
grant insert (rule, version, digest, approved_by) on public.notification_rule_approvals to bee_admin;
create policy second_person on public.notification_rule_approvals for insert to bee_admin with check (
    approved_by = (select public.bee_staff_id())
    and exists (
        select from public.notification_rule_versions as version
        where version.rule = notification_rule_approvals.rule
            and version.version = notification_rule_approvals.version
            and version.author_id is distinct from approved_by
    )
);
grant insert (rule, version, activated_by, reason) on public.notification_rule_activations to bee_admin;
create policy approved on public.notification_rule_activations for insert to bee_admin with check (
    activated_by = (select public.bee_staff_id())
    and (
        version is null
        or exists (
            select from public.notification_rule_approvals as approval
            where approval.rule = notification_rule_activations.rule
                and approval.version = notification_rule_activations.version
        )
    )
);
-- On-call may stop at any hour; what was stopped an admin lets go again.
grant insert (rule, is_stopped, changed_by, reason) on public.notification_stops to bee_admin, bee_oncall;
create policy by_name on public.notification_stops for insert to bee_admin
    with check (changed_by = (select public.bee_staff_id()));
create policy stops_by_name on public.notification_stops for insert to bee_oncall
    with check (is_stopped and changed_by = (select public.bee_staff_id()));

-- Staff see what became of what was decided; never an address.
grant select on public.notification_deliveries to bee_product, bee_coach, bee_oncall, bee_admin;
grant select on public.notification_attempts, public.notification_outcomes, public.notification_breakers
    to bee_product, bee_oncall, bee_admin;
create policy staff on public.notification_deliveries for select to bee_product, bee_oncall, bee_admin using (true);
create policy assigned on public.notification_deliveries for select to bee_coach
    using (exists (select from public.members where id = user_id));
create policy staff on public.notification_attempts for select to bee_product, bee_oncall, bee_admin using (true);
create policy staff on public.notification_outcomes for select to bee_product, bee_oncall, bee_admin using (true);
create policy staff on public.notification_breakers for select to bee_product, bee_oncall, bee_admin using (true);
grant select on public.notification_preferences to bee_coach, bee_admin;
create policy admin on public.notification_preferences for select to bee_admin using (true);
create policy assigned on public.notification_preferences for select to bee_coach
    using (exists (select from public.members where id = user_id));
-- Who tries a rule on the past asks what holds it back, and so what pseudonyms chose.
grant select on public.notification_preferences to bee_product;
create policy pseudonyms on public.notification_preferences for select to bee_product using (true);

-- Coaches see to the members assigned to them, admins to everybody.
grant select on public.coach_interventions to bee_coach, bee_admin;
-- Whose a task is follows from whose the member is.
grant update (done_at, done_by, outcome, note) on public.coach_interventions to bee_coach, bee_admin;
create policy admin on public.coach_interventions for select to bee_admin using (true);
create policy admin_does on public.coach_interventions for update to bee_admin
    using (true) with check (done_by is null or done_by = (select public.bee_staff_id()));
create policy assigned on public.coach_interventions for select to bee_coach
    using (exists (select from public.members where id = user_id));
create policy assigned_does on public.coach_interventions for update to bee_coach
    using (exists (select from public.members where id = user_id))
    with check (done_by is null or done_by = (select public.bee_staff_id()));

-- The worker decides and sends. A decision stays as it was made, but for when it was sent.
grant
    select,
    insert (id, user_id, notification_type, rule, rule_version, moment, trigger_date, decided_at, decision, reason,
        guards, draw, probability, definition, final_score, momentum_state, priority, not_before, expires_at,
        silent_since, variant, title, message, action, audience_hash),
    update (sent_at)
    on public.momentum_notifications to bee_worker;
create policy worker on public.momentum_notifications for select to bee_worker using (true);
create policy worker_decides on public.momentum_notifications for insert to bee_worker with check (true);
create policy worker_sends on public.momentum_notifications for update to bee_worker using (true) with check (true);
grant select (user_id, fcm_token, platform, address_kind) on public.user_fcm_tokens to bee_worker;
grant select on public.notification_preferences to bee_worker;
create policy worker on public.notification_preferences for select to bee_worker using (true);
grant select, insert, update on public.notification_deliveries, public.notification_breakers to bee_worker;
create policy worker on public.notification_deliveries to bee_worker using (true) with check (true);
create policy worker on public.notification_breakers to bee_worker using (true) with check (true);
grant select, insert on public.notification_attempts, public.notification_outcomes to bee_worker;
create policy worker on public.notification_attempts to bee_worker using (true) with check (true);
create policy worker on public.notification_outcomes to bee_worker using (true) with check (true);
grant
    select (id, user_id, notification_id, safety_event_id, created_at, due_at, done_at),
    insert (user_id, notification_id, safety_event_id, coach_id, priority, created_at, due_at)
    on public.coach_interventions to bee_worker;
create policy worker on public.coach_interventions for select to bee_worker using (true);
create policy worker_asks on public.coach_interventions for insert to bee_worker with check (true);
