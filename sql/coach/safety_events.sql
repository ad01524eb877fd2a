-- One row a safety event that the role may see and that is not closed, or any with :closed. The longest waiting first.
-- Index: safety_events_waiting.
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
    safety_events.taken_at,
    safety_events.closed_at,
    safety_events.note,
    coach_messages.body as message
from safety_events
inner join coach_messages on coach_messages.id = safety_events.message_id
inner join members on members.id = safety_events.user_id
where cast(:closed as boolean) or safety_events.status <> 'closed'
order by safety_events.created_at, safety_events.id
limit cast(:limit as integer)
