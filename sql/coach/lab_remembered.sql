-- One row a memory that was valid when a message was written. The oldest first. Index: coach_memory_current.
select memory.trait_value
from coach_messages as asked
inner join coach_memory as memory
    on memory.user_id = asked.user_id
    and memory.status = 'accepted'
    and memory.valid_from <= asked.created_at
    and (memory.valid_to is null or memory.valid_to > asked.created_at)
where asked.id = cast(:message_id as uuid)
order by memory.valid_from, memory.id
limit 50
