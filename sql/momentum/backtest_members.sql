-- A row a member of :segment with an event until :through, in order of id: their first and last event's day and, as
-- written, the attributes that a population starts and ends with. Index: none; events are read once.
select
    members.id as user_id,
    members.time_zone,
    members.joined_on,
    members.left_on,
    members.is_demo,
    events.first_on,
    events.last_on,
    members.attributes ->> cast(:start_attribute as text) as start_text,
    members.attributes ->> cast(:end_attribute as text) as end_text
from members
inner join (
    select user_id, min(event_date) as first_on, max(event_date) as last_on
    from engagement_events
    where event_date <= cast(:through as date)
    group by user_id
) as events on events.user_id = members.id
where
    not members.is_synthetic
    and exists (
        select from member_segments where user_id = members.id and segment = cast(:segment as text)
    )
order by members.id
