-- What the coach remembers: where each trait comes from and who decided about it, how it compares with a message, and
-- which messages were read for traits.
alter table public.coach_memory
    add column message_id uuid references public.coach_messages (id) on delete set null,
    add column replaces uuid references public.coach_memory (id) on delete set null,
    add column decided_by uuid references public.staff (id),
    add column decided_at timestamptz,
    add constraint coach_memory_decided_by_somebody check ((decided_by is null) = (decided_at is null)),
    add constraint coach_memory_member_key unique (id, user_id);
create unique index coach_memory_proposed on public.coach_memory (user_id, trait_key) where status = 'proposed';
create index coach_memory_member on public.coach_memory (user_id, created_at);

-- A proposal is accepted or rejected, once; what was accepted holds until its one end.
create function public.bee_decide_memory_once() returns trigger
language plpgsql
set search_path = pg_catalog, pg_temp
as $$
begin
    if old.status <> new.status and old.status <> 'proposed' then
        raise exception 'about a memory it is decided once' using errcode = 'restrict_violation';
    end if;
    if old.valid_to is distinct from new.valid_to and old.valid_to is not null then
        raise exception 'a memory ends once' using errcode = 'restrict_violation';
    end if;
    return new;
end
$$;
revoke all on function public.bee_decide_memory_once() from public, anon, authenticated, service_role;
create trigger decide_once before update on public.coach_memory
    for each row execute function public.bee_decide_memory_once();

-- One row a memory that was accepted at some time: what it is to a model, in as many numbers as that model has. Those of
-- different models are never compared. `compares` says what the numbers can tell: shared words, or likeness of meaning.
create table public.coach_memory_embeddings (
    memory_id uuid primary key,
    user_id uuid not null,
    provider text not null check (provider in ('local', 'openai', 'vertex')),
    model text not null check (length(model) between 1 and 100),
    dimension integer not null check (dimension between 1 and 4000),
    compares text not null check (compares in ('keywords', 'meaning')),
    embedding real[] not null,
    embedded_at timestamptz not null default now(),
    constraint coach_memory_embeddings_memory foreign key (memory_id, user_id)
        references public.coach_memory (id, user_id) on delete cascade,
    constraint coach_memory_embeddings_dimension check (cardinality(embedding) = dimension),
    constraint coach_memory_embeddings_keywords check ((compares = 'keywords') = (model like 'keywords-%'))
);
create index coach_memory_embeddings_member on public.coach_memory_embeddings (user_id);

-- Other words are another memory to a model; whoever changes them does not write embeddings.
create function public.bee_forget_embedding() returns trigger
language plpgsql security definer
set search_path = pg_catalog, pg_temp
as $$
begin
    delete from public.coach_memory_embeddings where memory_id = new.id;
    return null;
end
$$;
revoke all on function public.bee_forget_embedding() from public, anon, authenticated, service_role;
create trigger forget_embedding after update of trait_key, trait_value on public.coach_memory
    for each row when (old.trait_key <> new.trait_key or old.trait_value <> new.trait_value)
    execute function public.bee_forget_embedding();

-- One row a memory of a member that was valid then, the most similar first; the cosine, -1 to 1. This one compares every
-- memory; where there is pgvector the next migration puts one in its place that has an index.
create function public.bee_near_memories(
    member_id uuid, provider_name text, model_name text, asked real[], at timestamptz, most integer
) returns table (memory_id uuid, similarity double precision)
language sql stable
set search_path = pg_catalog, pg_temp
as $$
    select near.memory_id, near.similarity
    from (
        select
            embeddings.memory_id,
            (
                select coalesce(
                    sum(pair.known * pair.asked) / nullif(sqrt(sum(pair.known ^ 2)) * sqrt(sum(pair.asked ^ 2)), 0), 0
                )
                from unnest(embeddings.embedding::double precision[], asked::double precision[]) as pair (known, asked)
            ) as similarity
        from public.coach_memory_embeddings as embeddings
        inner join public.coach_memory as memories on memories.id = embeddings.memory_id
        where embeddings.user_id = member_id
            and embeddings.provider = provider_name
            and embeddings.model = model_name
            and embeddings.dimension = cardinality(asked)
            and memories.status = 'accepted'
            and memories.valid_from <= at
            and (memories.valid_to is null or memories.valid_to > at)
    ) as near
    order by near.similarity desc, near.memory_id
    limit most
$$;
revoke all on function public.bee_near_memories(uuid, text, text, real[], timestamptz, integer)
    from public, anon, authenticated, service_role;
grant execute on function public.bee_near_memories(uuid, text, text, real[], timestamptz, integer)
    to authenticated, bee_coach, bee_admin;

-- By what the memories were called up that a reply rests on.
alter table public.coach_messages add column recalled_by text check (length(recalled_by) between 1 and 200);

-- One row a message of a member's that was read for traits, whatever was found, so that it is read once.
create table public.coach_memory_readings (
    message_id uuid primary key references public.coach_messages (id) on delete cascade,
    user_id uuid not null references public.members (id) on delete cascade,
    said_at timestamptz not null,
    rules text not null check (length(rules) between 1 and 60),
    proposals smallint not null check (proposals >= 0),
    read_at timestamptz not null default now()
);
create index coach_memory_readings_said on public.coach_memory_readings (said_at);
create index coach_memory_readings_member on public.coach_memory_readings (user_id);
create index coach_messages_to_read on public.coach_messages (created_at) where role = 'member' and not crisis;

alter table public.coach_memory_embeddings enable row level security;
alter table public.coach_memory_readings enable row level security;
revoke all on public.coach_memory_embeddings, public.coach_memory_readings
    from public, anon, authenticated, service_role;

-- A member's own words stand in `message_id`'s row, which they read; whoever decided is the staff's affair.
grant select on public.coach_memory_embeddings to authenticated, bee_coach, bee_admin;
create policy own on public.coach_memory_embeddings for select to authenticated using (user_id = (select auth.uid()));
create policy admin on public.coach_memory_embeddings for select to bee_admin using (true);
create policy assigned on public.coach_memory_embeddings for select to bee_coach
    using (exists (select from public.members where id = user_id));

-- The member's coach decides; what is worded anew is a row of its own.
grant update (status, valid_from, valid_to, decided_by, decided_at) on public.coach_memory to bee_coach;
grant insert (user_id, trait_key, trait_value, source, status, valid_from, message_id, replaces, decided_by, decided_at)
    on public.coach_memory to bee_coach;
create policy assigned_decides on public.coach_memory for update to bee_coach
    using (exists (select from public.members where id = user_id))
    with check (decided_by = (select public.bee_staff_id()));
create policy assigned_words on public.coach_memory for insert to bee_coach with check (
    exists (select from public.members where id = user_id)
    and status = 'accepted'
    and source = 'coach'
    and decided_by = (select public.bee_staff_id())
);

-- The worker reads what was said, but nothing of danger, proposes, and keeps what memories are to a model. What is known
-- of a member it reads to hide it from whoever runs that model.
grant select (id, user_id, role, body, crisis, created_at) on public.coach_messages to bee_worker;
create policy worker on public.coach_messages for select to bee_worker using (role = 'member' and not crisis);
grant select (id, user_id, trait_key, trait_value, status, valid_to, created_at) on public.coach_memory to bee_worker;
grant insert (user_id, trait_key, trait_value, source, status, valid_from, message_id) on public.coach_memory to bee_worker;
create policy worker on public.coach_memory for select to bee_worker using (true);
create policy worker_proposes on public.coach_memory for insert to bee_worker
    with check (status = 'proposed' and source = 'conversation');
grant select, insert, update on public.coach_memory_embeddings to bee_worker;
create policy worker on public.coach_memory_embeddings to bee_worker using (true) with check (true);
grant select, insert on public.coach_memory_readings to bee_worker;
create policy worker on public.coach_memory_readings to bee_worker using (true) with check (true);
-- A consent covers what is said from then on: since when it holds the worker has to know.
grant select (member_id, purpose, decided_at) on public.consents to bee_worker;
create policy worker on public.consents for select to bee_worker using (purpose = 'coaching');
grant select (member_id, full_name, email, phone) on public.personal_data to bee_worker;
create policy worker on public.personal_data for select to bee_worker using (true);

-- A member who wants all of it forgotten is obeyed by the program.
grant select (id, user_id), delete on public.coach_memory to bee_system;
create policy system on public.coach_memory for select to bee_system using (true);
create policy system_forgets on public.coach_memory for delete to bee_system using (true);
