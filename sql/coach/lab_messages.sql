-- One row a message that a member wrote, which could be taken as a case. Newest first. Index: coach_messages_member.
select id, body, crisis, created_at
from coach_messages
where user_id = cast(:user_id as uuid) and role = 'member'
order by number desc
limit cast(:most as integer)
