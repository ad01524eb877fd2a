-- Say that a session is in use. Rows: one, or none when that was said a moment ago. Index: staff_sessions_pkey.
update staff_sessions
set last_seen_at = :now
where token_sha256 = :token_sha256 and ended_at is null and last_seen_at < :before
