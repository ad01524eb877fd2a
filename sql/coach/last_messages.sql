-- One row a message between a member and the coach, the newest ones, without those about danger: they are a person's to
-- answer, and nobody else's to read. Newest first. Index: coach_messages_member.
select role, body, number
from coach_messages
where user_id = cast(:user_id as uuid) and not crisis
order by number desc
limit cast(:limit as integer)
