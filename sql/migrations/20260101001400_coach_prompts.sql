-- What a model is asked with: versions that are never changed, what the gate found of them, who asked for one to go
-- live and who approved it, and which of them was live where and when.

-- `model`: provider/model; null is the one that the settings name. The digest is over all that decides.
create table public.coach_prompt_versions (
    id uuid primary key default gen_random_uuid(),
    prompt text not null check (prompt ~ '^[a-z][a-z0-9_]{0,39}$'),
    number integer not null check (number > 0),
    body jsonb not null check (jsonb_typeof(body) = 'object'),
    model text check (model ~ '^(offline|(openai|vertex|anthropic)/\S+)$'),
    parameters jsonb not null check (jsonb_typeof(parameters) = 'object'),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    author_id uuid references public.staff (id),
    message text not null check (length(message) between 1 and 500),
    created_at timestamptz not null default now(),
    constraint coach_prompt_versions_number_key unique (prompt, number),
    constraint coach_prompt_versions_sha256_key unique (prompt, sha256),
    constraint coach_prompt_versions_deployable unique (id, prompt)
);

-- Where a prompt can be live. The number stands for both in the exclusion below, which needs no extension for it.
create table public.coach_prompt_places (
    place integer generated always as identity primary key,
    prompt text not null check (prompt ~ '^[a-z][a-z0-9_]{0,39}$'),
    environment text not null check (environment in ('local', 'staging', 'prod')),
    constraint coach_prompt_places_key unique (prompt, environment),
    constraint coach_prompt_places_deployable unique (place, prompt)
);

-- Which model answers where a version names none: what the settings of an environment said, from when on.
create table public.coach_named_models (
    id bigint generated always as identity primary key,
    environment text not null check (environment in ('local', 'staging', 'prod')),
    model text not null check (model ~ '^(offline|(openai|vertex|anthropic)/\S+)$'),
    named_at timestamptz not null default clock_timestamp()
);
create index coach_named_models_newest on public.coach_named_models (environment, id);

-- What the gate found when a version was run over the cases, of exactly what the digest stands for. Each reason names a
-- check and what it said. `model`: which one answered all of it; null where that was not one.
create table public.coach_gate_verdicts (
    run_id uuid primary key,
    prompt text not null check (prompt ~ '^[a-z][a-z0-9_]{0,39}$'),
    sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$'),
    model text check (model ~ '^(offline|(openai|vertex|anthropic)/\S+)$'),
    passed boolean not null,
    reasons jsonb not null check (jsonb_typeof(reasons) = 'array'),
    decided_at timestamptz not null default now(),
    expires_at timestamptz not null,
    constraint coach_gate_verdicts_in_order check (expires_at > decided_at),
    constraint coach_gate_verdicts_passed_by_one_model check (not passed or model is not null)
);
create index coach_gate_verdicts_version on public.coach_gate_verdicts (prompt, sha256, decided_at);

-- That somebody asked for a version to go live somewhere.
create table public.coach_prompt_promotions (
    id uuid primary key default gen_random_uuid(),
    place integer not null,
    prompt text not null,
    version_id uuid not null,
    asked_by uuid not null references public.staff (id),
    asked_at timestamptz not null default clock_timestamp(),
    reason text not null check (length(reason) between 1 and 500),
    foreign key (place, prompt) references public.coach_prompt_places (place, prompt),
    foreign key (version_id, prompt) references public.coach_prompt_versions (id, prompt)
);
create index coach_prompt_promotions_place on public.coach_prompt_promotions (place, asked_at);

-- What became of it, once: another person approved or rejected it, or who asked took it back.
create table public.coach_prompt_decisions (
    promotion_id uuid primary key references public.coach_prompt_promotions (id),
    outcome text not null check (outcome in ('approved', 'rejected', 'withdrawn')),
    decided_by uuid not null references public.staff (id),
    decided_at timestamptz not null default clock_timestamp(),
    reason text not null check (length(reason) between 1 and 500)
);

-- A row a time for which a version was live; without an end it still is. Two never overlap at one place. It got there
-- by a promotion, or back to the time that `back_to` names; the very first came with the program.
create table public.coach_prompt_deployments (
    id bigint generated always as identity primary key,
    place integer not null,
    prompt text not null,
    version_id uuid not null,
    live_from timestamptz not null,
    live_to timestamptz,
    deployed_by uuid references public.staff (id),
    promotion_id uuid references public.coach_prompt_promotions (id),
    back_to bigint references public.coach_prompt_deployments (id),
    run_id uuid references public.coach_gate_verdicts (run_id),
    reason text not null check (length(reason) between 1 and 500),
    foreign key (place, prompt) references public.coach_prompt_places (place, prompt),
    foreign key (version_id, prompt) references public.coach_prompt_versions (id, prompt),
    constraint coach_prompt_deployments_promotion_key unique (promotion_id),
    constraint coach_prompt_deployments_one_way
        check (num_nonnulls(promotion_id, back_to) = case when deployed_by is null then 0 else 1 end),
    constraint coach_prompt_deployments_promoted_on_a_verdict check (promotion_id is null or run_id is not null),
    constraint coach_prompt_deployments_in_order check (live_to > live_from),
    constraint coach_prompt_deployments_one_live
        exclude using gist (int4range(place, place, '[]') with &&, tstzrange(live_from, live_to) with &&)
);

-- A decision is another person's than the request, and an approval another's than the version too.
create function public.bee_check_prompt_decision() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    asker uuid;
    author uuid;
    fault text;
begin
    select promotions.asked_by, versions.author_id into asker, author
    from public.coach_prompt_promotions as promotions
    inner join public.coach_prompt_versions as versions on versions.id = promotions.version_id
    where promotions.id = new.promotion_id;
    fault := case
        when new.outcome = 'withdrawn' and new.decided_by <> asker then 'others'
        when new.outcome <> 'withdrawn' and new.decided_by = asker then 'own'
        when new.outcome = 'approved' and new.decided_by = author then 'own'
    end;
    if fault is not null then
        raise exception 'promotion %: %', new.promotion_id, fault using
            errcode = 'restrict_violation', constraint = 'coach_prompt_decision_' || fault;
    end if;
    return null;
end
$$;
revoke all on function public.bee_check_prompt_decision() from public, anon, authenticated, service_role;
create trigger check_decision after insert on public.coach_prompt_decisions
    for each row execute function public.bee_check_prompt_decision();

-- Whatever goes live takes the place of what was, at one instant that nobody chooses: no gap, no overlap. One at a time:
-- of two at once the later one sees the earlier.
create function public.bee_follow_deployment() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('prompt:' || new.prompt, 0));
    new.live_from := greatest(
        clock_timestamp(),
        (
            select former.live_from + interval '1 microsecond'
            from public.coach_prompt_deployments as former
            where former.place = new.place
            order by former.id desc
            limit 1
        )
    );
    new.live_to := null;
    update public.coach_prompt_deployments as former
    set live_to = new.live_from
    where former.place = new.place and former.live_to is null;
    return new;
end
$$;
revoke all on function public.bee_follow_deployment() from public, anon, authenticated, service_role;
create trigger follow before insert on public.coach_prompt_deployments
    for each row execute function public.bee_follow_deployment();

-- Which model answers with a version: its own, or the one that an environment's settings named last; null where none ever
-- did.
create function public.bee_answering_model(version uuid, place_of text) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select coalesce(
        versions.model,
        (
            select named.model
            from public.coach_named_models as named
            where named.environment = place_of
            order by named.id desc
            limit 1
        )
    )
    from public.coach_prompt_versions as versions
    where versions.id = version
$$;
revoke all on function public.bee_answering_model(uuid, text) from public, anon, authenticated, service_role;

-- Why a verdict does not let a version go live at a place and moment; null where it does. A later one that failed counts
-- too, unless another model had answered; where nobody ever named a model, any that passed will do.
create function public.bee_gate_fault(wanted uuid, version uuid, wanted_place integer, at timestamptz) returns text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select case
        when verdicts.prompt <> versions.prompt or verdicts.sha256 <> versions.sha256 then 'ungated'
        when not verdicts.passed then 'failed'
        when verdicts.model <> public.bee_answering_model(versions.id, places.environment) then 'another_model'
        when verdicts.expires_at <= at then 'expired'
        when exists (
            select from public.coach_gate_verdicts as later
            where later.prompt = verdicts.prompt
                and later.sha256 = verdicts.sha256
                and later.decided_at > verdicts.decided_at
                and not later.passed
                and coalesce(later.model = verdicts.model, true)
        ) then 'failed'
    end
    from public.coach_gate_verdicts as verdicts
    cross join public.coach_prompt_versions as versions
    cross join public.coach_prompt_places as places
    where verdicts.run_id = wanted and versions.id = version and places.place = wanted_place
$$;
revoke all on function public.bee_gate_fault(uuid, uuid, integer, timestamptz)
    from public, anon, authenticated, service_role;

-- What is live in each environment, which model answers with it, and whether the gate's newest verdict on exactly that
-- passed: null where it said nothing. `assumed`: what `here` shall be taken to name, before it does.
create function public.bee_live_prompts(here text, assumed text)
returns table (prompt text, environment text, number integer, model text, own_model boolean, passed boolean)
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    select
        versions.prompt,
        places.environment,
        versions.number,
        answering.model,
        versions.model is not null,
        newest.passed
    from public.coach_prompt_deployments as deployments
    inner join public.coach_prompt_places as places on places.place = deployments.place
    inner join public.coach_prompt_versions as versions on versions.id = deployments.version_id
    cross join lateral (
        select coalesce(
            versions.model,
            case when places.environment = here then assumed end,
            public.bee_answering_model(versions.id, places.environment)
        ) as model
    ) as answering
    left join lateral (
        select verdicts.passed
        from public.coach_gate_verdicts as verdicts
        where verdicts.prompt = versions.prompt
            and verdicts.sha256 = versions.sha256
            and coalesce(verdicts.model = answering.model, true)
        order by verdicts.decided_at desc
        limit 1
    ) as newest on true
    where deployments.live_to is null
$$;
revoke all on function public.bee_live_prompts(text, text) from public, anon, authenticated, service_role;

-- Refuses what may not go live, whoever writes the row. A promotion has been approved by who lets it go live, and the
-- gate's verdict on the very version has to hold at this moment. A roll-back is to a time before, as that time came
-- about, unless somebody rolled back from it since. Nothing is asked of the first that a place ever has.
create function public.bee_check_deployment() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
declare
    former public.coach_prompt_deployments;
    fault text;
begin
    select * into former
    from public.coach_prompt_deployments as deployments
    where deployments.place = new.place and deployments.id < new.id
    order by deployments.id desc
    limit 1;
    fault := case
        when new.deployed_by is null then case when former.id is not null then 'unasked' end
        when former.version_id = new.version_id then 'live_before'
        when new.promotion_id is not null then
            case
                when not exists (
                    select
                    from public.coach_prompt_promotions as promotions
                    inner join public.coach_prompt_decisions as decisions on decisions.promotion_id = promotions.id
                    where promotions.id = new.promotion_id
                        and promotions.place = new.place
                        and promotions.version_id = new.version_id
                        and decisions.outcome = 'approved'
                        and decisions.decided_by = new.deployed_by
                ) then 'unapproved'
                else public.bee_gate_fault(new.run_id, new.version_id, new.place, new.live_from)
            end
        when not exists (
            select
            from public.coach_prompt_deployments as goal
            where goal.id = new.back_to
                and goal.place = new.place
                and goal.version_id = new.version_id
                and goal.run_id is not distinct from new.run_id
                and goal.back_to is null
                and not exists (
                    select
                    from public.coach_prompt_deployments as roll_back
                    inner join public.coach_prompt_deployments as left_behind
                        on left_behind.place = roll_back.place and left_behind.live_to = roll_back.live_from
                    where roll_back.place = new.place
                        and roll_back.id > goal.id
                        and roll_back.id < new.id
                        and roll_back.back_to is not null
                        and left_behind.version_id = goal.version_id
                )
        ) then 'not_back'
    end;
    if fault is not null then
        raise exception 'prompt % at place %: %', new.prompt, new.place, fault using
            errcode = 'restrict_violation', constraint = 'coach_prompt_deployment_' || fault;
    end if;
    return null;
end
$$;
revoke all on function public.bee_check_deployment() from public, anon, authenticated, service_role;
create trigger check_deployment after insert on public.coach_prompt_deployments
    for each row execute function public.bee_check_deployment();

-- All that is ever said of a deployment later is when it ended, and that once.
create function public.bee_end_deployment_once() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if old.live_to is not null
        or new.live_to is null
        or pg_catalog.to_jsonb(new) - 'live_to' <> pg_catalog.to_jsonb(old) - 'live_to'
    then
        raise exception 'of a deployment only its end is ever said, once' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
revoke all on function public.bee_end_deployment_once() from public, anon, authenticated, service_role;
create trigger end_once before update on public.coach_prompt_deployments
    for each row execute function public.bee_end_deployment_once();
create trigger append_only before delete or truncate on public.coach_prompt_deployments
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_prompt_versions
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_prompt_places
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_named_models
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_gate_verdicts
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_prompt_promotions
    for each statement execute function public.bee_refuse_change();
create trigger append_only before update or delete or truncate on public.coach_prompt_decisions
    for each statement execute function public.bee_refuse_change();

alter table public.coach_prompt_versions enable row level security;
alter table public.coach_prompt_places enable row level security;
alter table public.coach_named_models enable row level security;
alter table public.coach_gate_verdicts enable row level security;
alter table public.coach_prompt_promotions enable row level security;
alter table public.coach_prompt_decisions enable row level security;
alter table public.coach_prompt_deployments enable row level security;
revoke all on
    public.coach_prompt_versions, public.coach_prompt_places, public.coach_named_models, public.coach_gate_verdicts,
    public.coach_prompt_promotions, public.coach_prompt_decisions, public.coach_prompt_deployments
    from public, anon, authenticated, service_role;
revoke all on sequence
    public.coach_prompt_places_place_seq, public.coach_named_models_id_seq, public.coach_prompt_deployments_id_seq
    from public, anon, authenticated, service_role;

grant select on
    public.coach_prompt_versions, public.coach_prompt_places, public.coach_gate_verdicts, public.coach_prompt_deployments
    to bee_coach, bee_admin, bee_system;
create policy readers on public.coach_prompt_versions for select to bee_coach, bee_admin, bee_system using (true);
create policy readers on public.coach_prompt_places for select to bee_coach, bee_admin, bee_system using (true);
create policy readers on public.coach_gate_verdicts for select to bee_coach, bee_admin, bee_system using (true);
create policy readers on public.coach_prompt_deployments for select to bee_coach, bee_admin, bee_system using (true);
grant select on public.coach_prompt_promotions, public.coach_prompt_decisions to bee_coach, bee_admin;
create policy readers on public.coach_prompt_promotions for select to bee_coach, bee_admin using (true);
create policy readers on public.coach_prompt_decisions for select to bee_coach, bee_admin using (true);

-- Which model the settings name is for the worker to say, whose settings they are.
grant select on public.coach_named_models to bee_coach, bee_admin, bee_worker;
create policy readers on public.coach_named_models for select to bee_coach, bee_admin, bee_worker using (true);
grant insert (environment, model) on public.coach_named_models to bee_worker;
create policy worker on public.coach_named_models for insert to bee_worker with check (true);
grant execute on function public.bee_live_prompts(text, text) to bee_coach, bee_oncall, bee_admin;

-- The worker, which runs a version over the cases, says what the gate found; nobody of the staff can.
grant insert on public.coach_gate_verdicts to bee_worker;
create policy worker on public.coach_gate_verdicts for insert to bee_worker with check (true);

-- Coaches and admins write, ask, decide and roll back, each in their own name; when something goes live or ends is
-- nobody's to say.
grant insert (prompt, number, body, model, parameters, sha256, author_id, message) on public.coach_prompt_versions
    to bee_coach, bee_admin;
create policy by_name on public.coach_prompt_versions for insert to bee_coach, bee_admin
    with check (author_id = (select public.bee_staff_id()));
grant insert (place, prompt, version_id, asked_by, reason) on public.coach_prompt_promotions to bee_coach, bee_admin;
create policy by_name on public.coach_prompt_promotions for insert to bee_coach, bee_admin
    with check (asked_by = (select public.bee_staff_id()));
grant insert (promotion_id, outcome, decided_by, reason) on public.coach_prompt_decisions to bee_coach, bee_admin;
create policy by_name on public.coach_prompt_decisions for insert to bee_coach, bee_admin
    with check (decided_by = (select public.bee_staff_id()));
grant insert (place, prompt, version_id, deployed_by, promotion_id, back_to, run_id, reason)
    on public.coach_prompt_deployments to bee_coach, bee_admin;
create policy by_name on public.coach_prompt_deployments for insert to bee_coach, bee_admin
    with check (deployed_by = (select public.bee_staff_id()));
