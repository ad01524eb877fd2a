-- At most one row: a memory that the role may see, with the words that it comes from. Index: coach_memory_pkey.
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
where memories.id = cast(:id as uuid)
