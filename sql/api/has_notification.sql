-- One row: whether a notification was sent to whoever asks. Index: momentum_notifications_pkey.
select exists (select from momentum_notifications where id = :id)
