-- At most one row: how a request of a member was answered, with what it asked. Index: coach_messages_request_key.
select
    asked.body as message,
    reply.body as response_text,
    asked.crisis,
    asked.category,
    asked.rules_version,
    reply.model,
    reply.prompt,
    reply.usage,
    reply.fallback
from coach_messages as asked
inner join coach_messages as reply
    on reply.user_id = asked.user_id and reply.request_id = asked.request_id and reply.role = 'coach'
where asked.user_id = cast(:user_id as uuid)
    and asked.request_id = cast(:request_id as uuid)
    and asked.role = 'member'
