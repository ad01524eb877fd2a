-- At most one row: the conversation in which a member last said something, since a moment. Index: coach_messages_member.
select conversation_id
from coach_messages
where user_id = cast(:user_id as uuid) and created_at > cast(:since as timestamptz)
order by number desc
limit 1
