-- Forget what synthetic members wrote before a moment, and what was answered. Rows: those removed. Index: coach_messages_member.
delete from coach_messages
where user_id in (select id from members where is_synthetic) and created_at < :before
