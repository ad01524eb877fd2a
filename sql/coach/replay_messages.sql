-- One row a message with one of these numbers. In order of number. Index: coach_messages_member, through the member's rows.
select role, body, number
from coach_messages
where user_id = any(cast(:user_ids as uuid[])) and number = any(cast(:numbers as bigint[]))
order by number
