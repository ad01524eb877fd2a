-- One row a safety event that the role may see: any that waits, and closed ones since a moment. Those that wait come first,
-- the longest waiting before the others; then the closed ones, newest first. Index: safety_events_waiting.
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
where (safety_events.status <> 'closed' or safety_events.created_at >= cast(:since as timestamptz))
    and (cast(:is_closed as boolean) is null or (safety_events.status = 'closed') = cast(:is_closed as boolean))
    and (cast(:category as text) is null or safety_events.category = cast(:category as text))
order by
    safety_events.status = 'closed',
    case when safety_events.status <> 'closed' then safety_events.created_at end,
    safety_events.created_at desc,
    safety_events.id
limit cast(:most as integer)
