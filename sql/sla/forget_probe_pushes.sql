-- Forget pushes that were asked for before a moment. Rows: those removed. Index: none; there are few.
delete from probe_pushes
where asked_at < :before
