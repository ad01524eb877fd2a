-- A row a member with an event, in order of id, for a rebuild from :start_on or, where that is later, the first event.
-- Index: engagement_events_pkey.
select
    members.id as user_id,
    greatest(cast(:start_on as date), events.first_on) as start_on,
    score_dues.seq,
    members.time_zone,
    members.left_on
from members
inner join lateral (
    select min(event_date) as first_on
    from engagement_events
    where user_id = members.id
) as events on events.first_on is not null
left join score_dues on score_dues.user_id = members.id
where cast(:member_id as uuid) is null or members.id = cast(:member_id as uuid)
order by members.id
