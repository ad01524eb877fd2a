-- What the log of notifications asks: decisions by time, whom a segment means, what became of a decision.
create index momentum_notifications_time on public.momentum_notifications (decided_at, id);

-- The members of a segment. Its own search path keeps it from becoming part of the query that calls it: on-call, who
-- may not see what segments are made of, can ask the same query for everybody. A query that so much as names a function
-- which is not parallel safe gets no parallel worker.
create function public.bee_members_in(segment text) returns setof uuid
language sql stable parallel safe
set search_path = pg_catalog, pg_temp
as $$
    select members.id
    from public.members
    where not members.is_synthetic
        and public.bee_in_segment(segment, members.is_demo, members.time_zone, members.coach_id, members.attributes)
$$;

-- What became of a decision, in one word; `outcome` is its delivery's, null while that is not over.
create function public.bee_notification_state(decision text, sent_at timestamptz, outcome text) returns text
language sql immutable parallel safe
as $$
    select case
        when sent_at is not null then case outcome when 'ambiguous' then 'unclear' else 'sent' end
        when decision = 'withhold' then 'withheld'
        else coalesce(outcome, 'waiting')
    end
$$;
revoke all on function public.bee_members_in(text), public.bee_notification_state(text, timestamptz, text)
    from public, anon, authenticated, service_role;
grant execute on function public.bee_members_in(text), public.bee_notification_state(text, timestamptz, text)
    to bee_product, bee_coach, bee_oncall, bee_admin;
