-- Say when notifications were sent, of those of which nobody said it yet. Rows: those. Index:
-- momentum_notifications_pkey.
update momentum_notifications
set sent_at = :now
where id = any(cast(:notifications as uuid[])) and sent_at is null
