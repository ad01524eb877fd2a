-- At most one row: a message of a member that the role may read, the state of then, and what the record says of the member.
-- Index: coach_messages_pkey.
select
    asked.user_id,
    asked.body,
    reply.momentum_state,
    personal_data.full_name,
    personal_data.email,
    personal_data.phone,
    members.external_id
from coach_messages as asked
inner join members on members.id = asked.user_id
left join personal_data on personal_data.member_id = asked.user_id
left join coach_messages as reply
    on reply.user_id = asked.user_id and reply.request_id = asked.request_id and reply.role = 'coach'
where asked.id = cast(:message_id as uuid) and asked.role = 'member'
