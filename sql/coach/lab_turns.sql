-- One row a message that was said before one, as the answer to it could rest on: without those about danger. The oldest
-- first. Index: coach_messages_member.
select role, body
from (
    select said.role, said.body, said.number
    from coach_messages as asked
    inner join coach_messages as said
        on said.user_id = asked.user_id and said.number < asked.number and not said.crisis
    where asked.id = cast(:message_id as uuid)
    order by said.number desc
    limit cast(:most as integer)
) as newest
order by number
