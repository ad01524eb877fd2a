-- One row a message of a member's that was not read for traits yet, with whether it may be: where the consent of now was not
-- there yet when it was said, and of those who are made up to probe, it is passed over. Nothing of danger, which the
-- worker's policy keeps from it as well. From a day before the newest that was read, for a message may be stored after a
-- later one. The oldest first.
-- Index: coach_messages_to_read, coach_memory_readings_said, coach_memory_readings_pkey, consents_member.
select
    messages.id,
    messages.user_id,
    messages.body,
    messages.created_at as said_at,
    coalesce(members.consents -> 'coaching' = 'true', false)
        and not exists (
            select from consents
            where consents.member_id = messages.user_id
                and consents.purpose = 'coaching'
                and consents.decided_at > messages.created_at
        )
        and not members.is_synthetic as may_be_read
from coach_messages as messages
inner join members on members.id = messages.user_id
where messages.role = 'member'
    and not messages.crisis
    and messages.created_at > coalesce((select max(said_at) - interval '1 day' from coach_memory_readings), '-infinity')
    and not exists (select from coach_memory_readings as readings where readings.message_id = messages.id)
order by messages.created_at, messages.id
limit cast(:most as integer)
