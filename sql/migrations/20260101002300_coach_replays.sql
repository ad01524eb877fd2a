-- Replays: a day of messages asked again with a version of the prompt, beside what went out then.

-- What was asked for, and of how many messages the sample is: `askable` are of members who consent, and all is known of what
-- their answers rested on. Which of them are asked is drawn by lot, from the seed. `requested_as`: in which role it was asked
-- for, so that nobody reads through a replay what is not theirs to read.
create table public.coach_replays (
    id uuid primary key default gen_random_uuid(),
    number bigint not null generated always as identity,
    prompt text not null,
    version_id uuid not null,
    model text not null check (length(model) between 1 and 200),
    day date not null,
    written integer not null check (written > 0),
    unconsented integer not null check (unconsented >= 0),
    not_kept integer not null check (not_kept >= 0),
    askable integer not null check (askable > 0),
    most_messages integer not null check (most_messages between 1 and 2000),
    most_usd numeric(10, 4) not null check (most_usd >= 0),
    seed integer not null,
    requested_by uuid not null references public.staff (id),
    requested_as text not null check (requested_as in ('bee_coach', 'bee_admin')),
    requested_at timestamptz not null default clock_timestamp(),
    constraint coach_replays_number_key unique (number),
    constraint coach_replays_count_every_message check (unconsented + not_kept + askable = written),
    foreign key (version_id, prompt) references public.coach_prompt_versions (id, prompt)
);
create index coach_replays_day on public.coach_replays (day, number);

-- The messages that were drawn, each by the answer that it got; one goes with the member whose words it was.
create table public.coach_replay_messages (
    replay_id uuid not null references public.coach_replays (id),
    user_id uuid not null references public.members (id) on delete cascade,
    request_id uuid not null,
    role text not null default 'coach' check (role = 'coach'),
    primary key (replay_id, user_id, request_id),
    foreign key (user_id, request_id, role) references public.coach_messages (user_id, request_id, role) on delete cascade
);
create index coach_replay_messages_member on public.coach_replay_messages (user_id, request_id);

-- A row an answer: what would have been sent, and what of that is a model's. `danger`: what the words of then tell now; words
-- that told of danger then reach no model, so nothing is sent. `failed_then`: the checks that object to the answer of then,
-- by the same rules as `checks`, which are of what the model said. `distance`: 0 for the same words, 1 for none in common.
create table public.coach_replay_answers (
    replay_id uuid not null,
    user_id uuid not null,
    request_id uuid not null,
    danger text not null check (danger in ('none', 'as_before', 'no_longer', 'newly')),
    sent text check (length(sent) between 1 and 20000),
    heard text check (length(heard) between 1 and 20000),
    fallback text check (length(fallback) between 1 and 60),
    failed_then text[] not null default '{}',
    checks jsonb check (jsonb_typeof(checks -> 'results') = 'object'),
    distance real not null check (distance between 0 and 1),
    cost_usd numeric(14, 8) not null check (cost_usd >= 0),
    created_at timestamptz not null default clock_timestamp(),
    primary key (replay_id, user_id, request_id),
    foreign key (replay_id, user_id, request_id)
        references public.coach_replay_messages (replay_id, user_id, request_id) on delete cascade,
    constraint coach_replay_answers_danger_reaches_no_model
        check (danger = 'none' or (num_nonnulls(heard, fallback, checks) = 0 and cost_usd = 0)),
    constraint coach_replay_answers_say_something check ((danger in ('as_before', 'no_longer')) = (sent is null))
);

-- How a replay ended, once. Whoever ends it by hand says who they are; the rest is the worker's to say.
create table public.coach_replay_ends (
    replay_id uuid primary key references public.coach_replays (id),
    outcome text not null check (outcome in ('finished', 'cancelled', 'over_budget', 'failed')),
    said text not null default '' check (length(said) <= 500),
    ended_by uuid references public.staff (id),
    ended_at timestamptz not null default clock_timestamp(),
    constraint coach_replay_ends_cancelled_by_somebody check ((outcome = 'cancelled') = (ended_by is not null))
);

-- Of a company's messages those of a day are found by when they were written.
create index coach_messages_written on public.coach_messages (created_at) where role = 'member';

-- Rows go only with the member whose words a message was.
create trigger append_only before update or truncate on public.coach_replay_messages
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or truncate on public.coach_replay_answers
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_replays
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_replay_ends
    for each statement execute function public.bee_refuse_change();

alter table public.coach_replays enable row level security;
alter table public.coach_replay_messages enable row level security;
alter table public.coach_replay_answers enable row level security;
alter table public.coach_replay_ends enable row level security;
revoke all on public.coach_replays, public.coach_replay_messages, public.coach_replay_answers, public.coach_replay_ends
    from public, anon, authenticated, service_role;
revoke all on sequence public.coach_replays_number_seq from public, anon, authenticated, service_role;

-- That there is a replay, and how it stands, coaches and admins see; of its messages a coach those of their own members.
grant select on public.coach_replays, public.coach_replay_ends, public.coach_replay_messages, public.coach_replay_answers
    to bee_coach, bee_admin, bee_worker;
create policy readers on public.coach_replays for select to bee_coach, bee_admin, bee_worker using (true);
create policy readers on public.coach_replay_ends for select to bee_coach, bee_admin, bee_worker using (true);
create policy readers on public.coach_replay_messages for select to bee_admin, bee_worker using (true);
create policy readers on public.coach_replay_answers for select to bee_admin, bee_worker using (true);
create policy assigned on public.coach_replay_messages for select to bee_coach
    using (exists (select from public.members where id = user_id));
create policy assigned on public.coach_replay_answers for select to bee_coach
    using (exists (select from public.members where id = user_id));

grant insert (prompt, version_id, model, day, written, unconsented, not_kept, askable, most_messages, most_usd, seed,
    requested_by, requested_as) on public.coach_replays to bee_coach, bee_admin;
create policy ask on public.coach_replays for insert to bee_coach, bee_admin
    with check (requested_by = (select public.bee_staff_id()) and requested_as = current_user);
grant insert (replay_id, user_id, request_id) on public.coach_replay_messages to bee_coach, bee_admin;
create policy draw on public.coach_replay_messages for insert to bee_coach, bee_admin
    with check (
        exists (
            select from public.coach_replays where id = replay_id and requested_by = (select public.bee_staff_id())
        )
        and exists (select from public.members where id = user_id)
    );
grant insert (replay_id, outcome, said, ended_by) on public.coach_replay_ends to bee_coach, bee_admin, bee_worker;
create policy cancel on public.coach_replay_ends for insert to bee_coach, bee_admin
    with check (outcome = 'cancelled' and ended_by = (select public.bee_staff_id()));
create policy done on public.coach_replay_ends for insert to bee_worker with check (outcome <> 'cancelled');
grant insert (replay_id, user_id, request_id, danger, sent, heard, fallback, failed_then, checks, distance, cost_usd)
    on public.coach_replay_answers to bee_worker;
create policy work on public.coach_replay_answers for insert to bee_worker with check (true);
