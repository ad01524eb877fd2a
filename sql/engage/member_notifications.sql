-- One row a moment at which something was or might have been sent to a member, without its text. In order of time.
-- Index: momentum_notifications by member.
select trigger_date as day, notification_type, decision, reason, sent_at
from momentum_notifications
where user_id = cast(:member_id as uuid) and trigger_date between cast(:start as date) and cast(:end as date)
order by decided_at, notification_type
