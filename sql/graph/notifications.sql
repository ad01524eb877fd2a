-- A row a notification that was sent and that whoever asks may see, newest first, behind a place, with when it was
-- opened. Indexes: momentum_notifications_member, notification_receipts_pkey.
select
    sent.id,
    sent.user_id,
    sent.notification_type,
    sent.trigger_date,
    sent.title,
    sent.message,
    sent.action,
    sent.sent_at,
    receipts.received_at as opened_at
from momentum_notifications as sent
left join notification_receipts as receipts on receipts.notification_id = sent.id and receipts.kind = 'opened'
where
    sent.sent_at is not null
    and (
        cast(:at as timestamptz) is null
        or (sent.sent_at, sent.id) < (cast(:at as timestamptz), cast(:id as uuid))
    )
order by sent.sent_at desc, sent.id desc
limit :most
