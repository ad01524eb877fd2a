-- Remove sessions that nobody has refreshed for half a year. Rows: those removed. Index: member_sessions_refreshed.
delete from member_sessions
where refreshed_at < now() - interval '180 days'
