-- A row a notification that was sent to whoever asks, newest first, with when it was opened. Index:
-- momentum_notifications_member.
select
    sent.id,
    sent.notification_type,
    sent.trigger_date,
    sent.title,
    sent.message,
    sent.action,
    sent.sent_at,
    receipts.received_at as opened_at
from momentum_notifications as sent
left join notification_receipts as receipts on receipts.notification_id = sent.id and receipts.kind = 'opened'
where sent.user_id = :user_id and (cast(:before as timestamptz) is null or sent.sent_at < cast(:before as timestamptz))
order by sent.sent_at desc, sent.id
limit :limit
