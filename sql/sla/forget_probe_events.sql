-- Forget what synthetic members did before a moment. Rows: those removed. Index: engagement_events_pkey.
delete from engagement_events
where user_id in (select id from members where is_synthetic) and occurred_at < :before
