-- One row a proposal that the role may see, of a member or of all, with the words that it comes from. The longest waiting
-- first. Index: coach_memory_proposed.
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
where memories.status = 'proposed'
    and (cast(:user_id as uuid) is null or memories.user_id = cast(:user_id as uuid))
order by memories.valid_from, memories.id
limit cast(:most as integer)
