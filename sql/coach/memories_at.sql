-- One row a memory of a member that held at a moment, with the words that it comes from. The newest first.
-- Index: coach_memory_member.
select
    memories.id,
    memories.user_id,
    members.number,
    memories.trait_key,
    memories.trait_value,
    memories.source,
    memories.status,
    memories.valid_from,
    memories.valid_to,
    memories.created_at,
    decider.full_name as decided_by,
    messages.body as message
from coach_memory as memories
inner join members on members.id = memories.user_id
left join staff as decider on decider.id = memories.decided_by
left join coach_messages as messages on messages.id = memories.message_id
where memories.user_id = cast(:user_id as uuid)
    and memories.status = 'accepted'
    and memories.valid_from <= cast(:at as timestamptz)
    and (memories.valid_to is null or memories.valid_to > cast(:at as timestamptz))
order by memories.valid_from desc, memories.id
limit cast(:most as integer)
