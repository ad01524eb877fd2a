-- What members and the coach said to each other, and the messages in which somebody may be in danger.
create table public.coach_conversations (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.members (id) on delete cascade,
    started_at timestamptz not null default now()
);
create index coach_conversations_member on public.coach_conversations (user_id, started_at);

-- Two rows a request: what the member wrote and what was answered. `number` orders them.
create table public.coach_messages (
    id uuid primary key default gen_random_uuid(),
    number bigint not null generated always as identity,
    conversation_id uuid not null references public.coach_conversations (id) on delete cascade,
    user_id uuid not null references public.members (id) on delete cascade,
    request_id uuid not null,
    role text not null check (role in ('member', 'coach')),
    body text not null check (length(body) between 1 and 20000),
    crisis boolean not null,
    category text check (category in ('self_harm', 'violence', 'emergency')),
    rules_version text not null,
    model text,
    prompt text,
    prompt_sha256 text,
    usage jsonb check (jsonb_typeof(usage) = 'object'),
    fallback text check (length(fallback) between 1 and 60),
    checks jsonb check (jsonb_typeof(checks) = 'object'),
    first_byte_ms integer check (first_byte_ms >= 0),
    total_ms integer check (total_ms >= first_byte_ms),
    momentum_state text check (momentum_state in ('Rising', 'Steady', 'NeedsCare')),
    memory_ids uuid[] not null default '{}',
    created_at timestamptz not null default now(),
    constraint coach_messages_request_key unique (user_id, request_id, role),
    constraint coach_messages_crisis_has_category check (crisis = (category is not null)),
    constraint coach_messages_replies_name_their_model
        check ((role = 'coach') = (model is not null) and (role = 'coach') = (usage is not null)),
    -- Of a fallback no prompt is named: what was asked of the model stands among the calls.
    constraint coach_messages_a_fallback_is_nobodys_prompt check (fallback is null or prompt is null)
);
create index coach_messages_member on public.coach_messages (user_id, number);
create index coach_messages_conversation on public.coach_messages (conversation_id);

-- Whether a reply helped, as the member last said.
create table public.coach_feedback (
    user_id uuid not null references public.members (id) on delete cascade,
    request_id uuid not null,
    role text not null default 'coach' check (role = 'coach'),
    is_helpful boolean not null,
    said_at timestamptz not null default now(),
    primary key (user_id, request_id),
    foreign key (user_id, request_id, role) references public.coach_messages (user_id, request_id, role) on delete cascade
);

-- What the answer to a message rested on, so that it can be asked again as it was: the memories in their order, the
-- messages before it, newest first, and where a model was asked what it was told, masked, as one text.
create table public.coach_moments (
    user_id uuid not null references public.members (id) on delete cascade,
    request_id uuid not null,
    role text not null default 'coach' check (role = 'coach'),
    momentum_state text check (momentum_state in ('Rising', 'Steady', 'NeedsCare')),
    memory_ids uuid[] not null,
    message_numbers bigint[] not null,
    prompt_sha256 text,
    provider text,
    model text,
    mask_version text,
    request text,
    created_at timestamptz not null default now(),
    primary key (user_id, request_id),
    foreign key (user_id, request_id, role) references public.coach_messages (user_id, request_id, role) on delete cascade,
    constraint coach_moments_a_request_names_its_prompt
        check (num_nulls(prompt_sha256, provider, model, mask_version, request) in (0, 5))
);
create index coach_moments_day on public.coach_moments (created_at);

-- One row a call of a model, whatever came of it, so that what is counted here is what the provider counts. Tokens are
-- in buckets that exclude one another; where the provider told none they are an estimate. A call outlives its member.
-- `staff_id`: the member's coach then, or who asked in the lab. An embedding is a member's, somebody's on the staff or, of
-- memories of many at a time, nobody's.
create table public.coach_model_calls (
    id uuid primary key default gen_random_uuid(),
    purpose text not null default 'production' check (purpose in ('production', 'lab', 'judge', 'embedding')),
    staff_id uuid references public.staff (id),
    user_id uuid references public.members (id) on delete set null,
    request_id uuid not null,
    attempt smallint not null check (attempt > 0),
    provider text not null,
    model text not null,
    prompt text not null,
    prompt_sha256 text not null,
    started_at timestamptz not null,
    outcome text not null check (length(outcome) between 1 and 60),
    detail text not null default '',
    failed_checks text[] not null default '{}',
    input_tokens integer not null check (input_tokens >= 0),
    cache_read_tokens integer not null check (cache_read_tokens >= 0),
    cache_write_tokens integer not null check (cache_write_tokens >= 0),
    output_tokens integer not null check (output_tokens >= 0),
    reasoning_tokens integer not null check (reasoning_tokens >= 0),
    is_estimate boolean not null,
    cost_usd numeric(14, 8) check (cost_usd >= 0),
    priced_from date,
    first_byte_ms integer check (first_byte_ms >= 0),
    total_ms integer not null check (total_ms >= 0),
    constraint coach_model_calls_cost_has_price check ((cost_usd is null) = (priced_from is null)),
    constraint coach_model_calls_of_the_lab_are_somebodys
        check (purpose in ('production', 'embedding') or (user_id is null and staff_id is not null))
);
create index coach_model_calls_day on public.coach_model_calls (started_at);
create index coach_model_calls_member on public.coach_model_calls (user_id, started_at);

-- Whether a provider is left alone for a while: the failures in a row, and until when nothing is asked of it.
create table public.coach_breakers (
    provider text primary key,
    failures integer not null check (failures >= 0),
    because text not null,
    open_until timestamptz,
    changed_at timestamptz not null
);

-- Somebody on the staff takes each event, and closes it when they have seen to it.
create table public.safety_events (
    id uuid primary key default gen_random_uuid(),
    user_id uuid not null references public.members (id) on delete cascade,
    message_id uuid not null references public.coach_messages (id) on delete cascade,
    category text not null check (category in ('self_harm', 'violence', 'emergency')),
    matched text[] not null check (cardinality(matched) > 0),
    rules_version text not null,
    status text not null default 'open' check (status in ('open', 'taken', 'closed')),
    created_at timestamptz not null default now(),
    taken_by uuid references public.staff (id),
    taken_at timestamptz,
    closed_at timestamptz,
    note text check (length(note) between 1 and 4000),
    finding text check (finding in ('handled', 'false_alarm')),
    constraint safety_events_message_key unique (message_id),
    constraint safety_events_taken_by_somebody check ((status = 'open') = (taken_by is null)),
    constraint safety_events_taken_at_some_time check ((taken_by is null) = (taken_at is null)),
    constraint safety_events_closed_at_some_time check ((status = 'closed') = (closed_at is not null)),
    constraint safety_events_closed_with_a_finding check ((status = 'closed') = (finding is not null))
);
create index safety_events_waiting on public.safety_events (created_at) where status <> 'closed';
create index safety_events_member on public.safety_events (user_id, created_at);

-- From open to taken to closed, never back; what was found is never changed.
create function public.bee_see_to_safety_event() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
declare
    seen_to constant text[] := array['status', 'taken_by', 'taken_at', 'closed_at', 'note', 'finding'];
begin
    if new is not distinct from old then
        return new;
    end if;
    if pg_catalog.to_jsonb(new) - seen_to <> pg_catalog.to_jsonb(old) - seen_to then
        raise exception 'what was found is never changed' using errcode = 'restrict_violation';
    end if;
    if (old.status, new.status) not in (('open', 'taken'), ('taken', 'closed'))
        or (old.status = 'taken' and (new.taken_by, new.taken_at) is distinct from (old.taken_by, old.taken_at))
    then
        raise exception 'a safety event goes from open to taken to closed' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
revoke all on function public.bee_see_to_safety_event() from public, anon, authenticated, service_role;
create trigger see_to_safety_event before update on public.safety_events
    for each row execute function public.bee_see_to_safety_event();
-- Rows go only with the member whom they are about.
create trigger append_only before update or truncate on public.coach_messages
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or truncate on public.coach_conversations
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or truncate on public.coach_moments
    for each statement execute function public.bee_refuse_change();

alter table public.coach_conversations enable row level security;
alter table public.coach_messages enable row level security;
alter table public.coach_moments enable row level security;
alter table public.coach_feedback enable row level security;
alter table public.coach_model_calls enable row level security;
alter table public.coach_breakers enable row level security;
alter table public.safety_events enable row level security;
revoke all on public.coach_conversations, public.coach_messages, public.safety_events, public.coach_model_calls,
    public.coach_breakers, public.coach_feedback, public.coach_moments
    from public, anon, authenticated, service_role;
revoke all on sequence public.coach_messages_number_seq from public, anon, authenticated, service_role;

-- A member reads what was said; the program writes it, also what the member said.
grant select on public.coach_conversations to authenticated;
grant select (id, number, conversation_id, user_id, request_id, role, body, crisis, category, rules_version, model,
    prompt, usage, fallback, created_at) on public.coach_messages to authenticated;
create policy own on public.coach_conversations for select to authenticated using (user_id = (select auth.uid()));
create policy own on public.coach_messages for select to authenticated using (user_id = (select auth.uid()));
grant select on public.coach_conversations, public.coach_messages to service_role;
create policy service on public.coach_conversations for select to service_role using (true);
create policy service on public.coach_messages for select to service_role using (true);
grant select, insert on public.coach_conversations, public.coach_messages to bee_system;
grant select (id, user_id, message_id, category, rules_version, status, created_at) on public.safety_events to bee_system;
grant insert (user_id, message_id, category, matched, rules_version, created_at) on public.safety_events to bee_system;
create policy system on public.coach_conversations to bee_system using (true) with check (true);
create policy system on public.coach_messages to bee_system using (true) with check (true);
create policy system on public.safety_events to bee_system using (true) with check (status = 'open');

grant select, insert on public.coach_moments to bee_system;
create policy system on public.coach_moments to bee_system using (true) with check (true);
grant select, insert on public.coach_model_calls to bee_system;
grant select, insert, update on public.coach_breakers to bee_system;
create policy system on public.coach_model_calls to bee_system using (true) with check (true);
create policy system on public.coach_breakers to bee_system using (true) with check (true);
-- A member says what helped, and may think again.
grant select on public.coach_feedback to authenticated;
grant insert (user_id, request_id, is_helpful, said_at), update (is_helpful, said_at) on public.coach_feedback to authenticated;
create policy own on public.coach_feedback to authenticated
    using (user_id = (select auth.uid())) with check (user_id = (select auth.uid()));
grant select on public.coach_feedback to bee_coach, bee_admin;
create policy admin on public.coach_feedback for select to bee_admin using (true);
create policy assigned on public.coach_feedback for select to bee_coach
    using (exists (select from public.members where id = user_id));
-- What models take and cost is no secret on the staff; whose words they were is. A coach sees what was for them.
grant
    select (id, purpose, attempt, provider, model, prompt, prompt_sha256, started_at, outcome, detail, failed_checks,
        input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, is_estimate, cost_usd,
        priced_from, first_byte_ms, total_ms)
    on public.coach_model_calls to bee_product, bee_oncall;
grant select on public.coach_model_calls to bee_coach, bee_admin;
grant select on public.coach_breakers to bee_product, bee_coach, bee_oncall, bee_admin;
create policy staff on public.coach_model_calls for select to bee_product, bee_oncall, bee_admin using (true);
create policy own on public.coach_model_calls for select to bee_coach using (staff_id = (select public.bee_staff_id()));
create policy staff on public.coach_breakers for select to bee_product, bee_coach, bee_oncall, bee_admin using (true);

-- Coaches read and see to what their own members said; admins everybody; on-call counts, without a word or a name.
grant select on public.coach_conversations, public.coach_messages, public.safety_events, public.coach_moments
    to bee_coach, bee_admin;
grant update (status, taken_by, taken_at, closed_at, note, finding) on public.safety_events to bee_coach, bee_admin;
create policy admin on public.coach_conversations for select to bee_admin using (true);
create policy admin on public.coach_messages for select to bee_admin using (true);
create policy admin on public.coach_moments for select to bee_admin using (true);
create policy admin on public.safety_events for select to bee_admin using (true);
create policy admin_sees_to_it on public.safety_events for update to bee_admin using (true) with check (true);
create policy assigned on public.coach_conversations for select to bee_coach
    using (exists (select from public.members where id = user_id));
create policy assigned on public.coach_messages for select to bee_coach
    using (exists (select from public.members where id = user_id));
create policy assigned on public.coach_moments for select to bee_coach
    using (exists (select from public.members where id = user_id));
create policy assigned on public.safety_events for select to bee_coach
    using (exists (select from public.members where id = user_id));
create policy assigned_sees_to_it on public.safety_events for update to bee_coach
    using (exists (select from public.members where id = user_id))
    with check (taken_by = (select public.bee_staff_id()));
grant select (id, category, rules_version, status, created_at, taken_at, closed_at, finding) on public.safety_events
    to bee_oncall;
create policy counts on public.safety_events for select to bee_oncall using (true);

-- Both are kept for a time, then forgotten by the worker, which counts what runs of the lab take.
grant select (created_at), delete on public.coach_moments to bee_worker;
grant select, insert, delete on public.coach_model_calls to bee_worker;
create policy worker on public.coach_moments to bee_worker using (true) with check (false);
create policy worker on public.coach_model_calls to bee_worker using (true) with check (purpose <> 'production');
