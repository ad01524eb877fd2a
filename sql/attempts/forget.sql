-- Remove tries to sign in that no limit looks at any more. Rows: those removed.
delete from sign_in_attempts
where attempted_at < now() - interval '1 day'
