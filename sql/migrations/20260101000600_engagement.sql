-- What the engagement pages share: which members a segment means, through which day it is complete, and how many
-- of those who fell into Needs care came out again within a week.
create function public.bee_in_segment(
    segment text, is_demo boolean, time_zone text, coach_id uuid, attributes jsonb
) returns boolean
language sql immutable parallel safe
as $$
    select segment = 'all'
        or (segment = 'demo' and is_demo)
        or segment = 'zone:' || time_zone
        or segment = 'coach:' || coach_id::text
        or attributes ->> split_part(segment, ':', 1) = substr(segment, strpos(segment, ':') + 1)
$$;

-- The last day that is over and scored in every zone of the segment's members; null while none is. A zone of which
-- nobody was ever scored has no complete day yet and holds nobody up.
create function public.bee_complete_through(segment text) returns date
language sql stable
as $$
    select min(score_frontiers.scored_through)
    from public.score_frontiers
    where score_frontiers.time_zone in (
        select members.time_zone
        from public.members
        where not members.is_synthetic
            and public.bee_in_segment(
                segment, members.is_demo, members.time_zone, members.coach_id, members.attributes
            )
    )
$$;
revoke all on function public.bee_in_segment(text, boolean, text, uuid, jsonb), public.bee_complete_through(text)
    from public, anon, authenticated, service_role;
grant execute on function public.bee_in_segment(text, boolean, text, uuid, jsonb), public.bee_complete_through(text)
    to bee_product, bee_coach, bee_admin, bee_worker, bee_system;

-- A row a day and segment: who fell into Needs care seven days before, and how many of them were out of it on some
-- day since. Recomputed whole for each day that was scored, like engagement_days.
create table public.engagement_recoveries (
    score_date date not null,
    segment text not null,
    fell integer not null check (fell > 0),
    recovered integer not null check (recovered between 0 and fell),
    primary key (segment, score_date)
);
create index engagement_recoveries_date on public.engagement_recoveries (score_date);

alter table public.engagement_recoveries enable row level security;
revoke all on public.engagement_recoveries from public, anon, authenticated, service_role;
grant select on public.engagement_recoveries to bee_product, bee_coach, bee_oncall, bee_admin;
create policy staff on public.engagement_recoveries for select to bee_product, bee_oncall, bee_admin using (true);
create policy own_segment on public.engagement_recoveries for select to bee_coach
    using (segment = 'coach:' || (select public.bee_staff_id())::text);
grant select, insert, update, delete on public.engagement_recoveries to bee_worker;
create policy system on public.engagement_recoveries to bee_worker using (true) with check (true);
