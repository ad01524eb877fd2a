-- Remove sessions that are long over; that somebody signed in stays in the trail. Rows: those removed.
delete from staff_sessions
where expires_at < now() - interval '30 days'
