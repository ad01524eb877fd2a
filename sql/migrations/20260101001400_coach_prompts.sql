-- What a model is asked with: versions that are never changed, and which of them was live where and when.

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

-- A row a time for which a version was live; without an end it still is. Two never overlap at one place.
create table public.coach_prompt_deployments (
    id bigint generated always as identity primary key,
    place integer not null,
    prompt text not null,
    version_id uuid not null,
    live_from timestamptz not null,
    live_to timestamptz,
    deployed_by uuid references public.staff (id),
    reason text not null check (length(reason) between 1 and 500),
    foreign key (place, prompt) references public.coach_prompt_places (place, prompt),
    foreign key (version_id, prompt) references public.coach_prompt_versions (id, prompt),
    constraint coach_prompt_deployments_in_order check (live_to > live_from),
    constraint coach_prompt_deployments_one_live
        exclude using gist (int4range(place, place, '[]') with &&, tstzrange(live_from, live_to) with &&)
);

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

alter table public.coach_prompt_versions enable row level security;
alter table public.coach_prompt_places enable row level security;
alter table public.coach_prompt_deployments enable row level security;
revoke all on public.coach_prompt_versions, public.coach_prompt_places, public.coach_prompt_deployments
    from public, anon, authenticated, service_role;
revoke all on sequence public.coach_prompt_places_place_seq, public.coach_prompt_deployments_id_seq
    from public, anon, authenticated, service_role;

-- Nobody but the owner, who brings a release, writes a version or lets one go live.
grant select on public.coach_prompt_versions, public.coach_prompt_places, public.coach_prompt_deployments
    to bee_coach, bee_admin, bee_system;
create policy readers on public.coach_prompt_versions for select to bee_coach, bee_admin, bee_system using (true);
create policy readers on public.coach_prompt_places for select to bee_coach, bee_admin, bee_system using (true);
create policy readers on public.coach_prompt_deployments for select to bee_coach, bee_admin, bee_system using (true);
