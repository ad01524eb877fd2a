-- Forget who has not been heard of since a moment. Rows: those removed. Index: none; there are few.
delete from probers
where seen_at < :before
