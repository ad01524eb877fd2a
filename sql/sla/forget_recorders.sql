-- Remove processes that have added nothing since :before. Rows: one each. Index: none; there are few.
delete from service_recorders
where seen_at < :before
