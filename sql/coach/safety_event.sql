-- At most one row: a safety event that the role may see. Index: safety_events_pkey.
select
    safety_events.id,
    safety_events.user_id,
    members.number,
    safety_events.category,
    safety_events.matched,
    safety_events.rules_version,
    safety_events.status,
    safety_events.created_at,
    safety_events.taken_by,
    taker.full_name as taker_name,
    safety_events.taken_at,
    safety_events.closed_at,
    safety_events.finding,
    safety_events.note,
    coach_messages.body as message
from safety_events
inner join coach_messages on coach_messages.id = safety_events.message_id
inner join members on members.id = safety_events.user_id
left join staff as taker on taker.id = safety_events.taken_by
where safety_events.id = cast(:id as uuid)
