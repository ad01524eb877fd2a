-- Remove one-time links that are long over. Rows: those removed.
delete from staff_links
where expires_at < now() - interval '30 days'
