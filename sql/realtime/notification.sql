-- At most one row: a notification as whoever asks may see it. Index: momentum_notifications_pkey.
select to_jsonb(found) as record
from (
    select id, user_id, notification_type, trigger_date, title, message, action, sent_at
    from momentum_notifications
    where id = cast(:id as uuid)
) as found
