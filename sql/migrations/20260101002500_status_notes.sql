-- What the public is told of an incident, in words meant for them; the minutes beside them are those that were measured.

-- An incident that the public is told of: since when, and the alert that it belongs to, where there is one.
create table public.status_incidents (
    id bigint generated always as identity primary key,
    began_at timestamptz not null,
    alert bigint references public.alerts (id),
    opened_by uuid not null references public.staff (id),
    opened_at timestamptz not null default now(),
    constraint status_incidents_have_begun check (began_at <= opened_at)
);

-- A note of an incident. It is written, looked at, and then published or not; what was published is withdrawn, never changed.
create table public.status_notes (
    id bigint generated always as identity primary key,
    incident bigint not null references public.status_incidents (id),
    kind text not null check (kind in ('published', 'updated', 'resolved')),
    title text not null check (length(title) between 1 and 120),
    body text not null check (length(body) between 1 and 1000),
    written_by uuid not null references public.staff (id),
    written_at timestamptz not null default clock_timestamp(),
    published_at timestamptz,
    published_by uuid references public.staff (id),
    withdrawn_at timestamptz,
    withdrawn_by uuid references public.staff (id),
    withdrawn_because text check (length(withdrawn_because) between 1 and 500),
    constraint status_notes_published_whole check ((published_at is null) = (published_by is null)),
    constraint status_notes_withdrawn_whole check (
        (withdrawn_at is null) = (withdrawn_by is null) and (withdrawn_at is null) = (withdrawn_because is null)
    )
);
create index status_notes_incident on public.status_notes (incident, id);
create unique index status_notes_resolved_once on public.status_notes (incident)
    where kind = 'resolved' and published_at is not null and withdrawn_at is null;

-- The words of a note that are names of members or of the staff, as they stand in it; never whose. Only of what was saved: who
-- would try names out leaves each of them behind, under their own.
create function public.bee_names_in_status_note(asked bigint) returns setof text
language sql stable security definer
set search_path = pg_catalog, pg_temp
as $$
    with said as (
        select distinct words.word
        from public.status_notes as notes
        cross join regexp_split_to_table(
            concat_ws(' ', notes.title, notes.body), '[][[:space:].,;:!?"()…“”„‘’''*/&+{}<>–—-]+'
        ) as words (word)
        where notes.id = asked and length(words.word) > 1
    ),
    known as (
        select full_name from public.personal_data
        union all
        select full_name from public.staff
    )
    select said.word
    from said
    where lower(said.word) in (
        select lower(parts.part)
        from known
        cross join regexp_split_to_table(known.full_name, '[[:space:].,’'']+') as parts (part)
        where length(parts.part) > 1
    )
    order by said.word
$$;
revoke all on function public.bee_names_in_status_note(bigint) from public, anon, authenticated, service_role;
grant execute on function public.bee_names_in_status_note(bigint) to bee_oncall, bee_admin;

alter table public.status_incidents enable row level security;
alter table public.status_notes enable row level security;
revoke all on public.status_incidents, public.status_notes from public, anon, authenticated, service_role;
revoke all on sequence public.status_incidents_id_seq, public.status_notes_id_seq
    from public, anon, authenticated, service_role;

-- Whoever is on call or an admin writes in their own name; of two who publish or withdraw the same, the second is refused.
grant select on public.status_incidents, public.status_notes to bee_oncall, bee_admin;
grant insert (began_at, alert, opened_by) on public.status_incidents to bee_oncall, bee_admin;
grant insert (incident, kind, title, body, written_by) on public.status_notes to bee_oncall, bee_admin;
grant update (published_at, published_by, withdrawn_at, withdrawn_by, withdrawn_because) on public.status_notes
    to bee_oncall, bee_admin;
create policy readers on public.status_incidents for select to bee_oncall, bee_admin using (true);
create policy readers on public.status_notes for select to bee_oncall, bee_admin using (true);
create policy authors on public.status_incidents for insert to bee_oncall, bee_admin
    with check (opened_by = public.bee_staff_id());
create policy authors on public.status_notes for insert to bee_oncall, bee_admin
    with check (written_by = public.bee_staff_id());
create policy editors on public.status_notes for update to bee_oncall, bee_admin
    using (true)
    with check (
        (withdrawn_by is null or withdrawn_by = public.bee_staff_id())
        and (published_by is null or public.bee_staff_id() in (published_by, withdrawn_by))
    );
