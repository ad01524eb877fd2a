-- One row a message between a member and the coach, the newest ones. Newest first. Index: coach_messages_member.
select role, body
from coach_messages
where user_id = cast(:user_id as uuid)
order by number desc
limit cast(:limit as integer)
