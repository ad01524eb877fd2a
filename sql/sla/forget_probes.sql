-- Forget what was seen before a moment. Rows: those removed. Index: probe_ticks_pkey.
delete from probe_ticks
where scheduled_at < :before
