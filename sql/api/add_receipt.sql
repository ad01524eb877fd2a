-- Say that a notification was opened. Rows: one, or none where that was said before.
insert into notification_receipts (notification_id, user_id, kind)
values (:id, :user_id, 'opened')
on conflict do nothing
