-- End a session. Rows: one, or none when it was over. Index: staff_sessions_pkey.
update staff_sessions
set ended_at = :now, ended_because = :because
where token_sha256 = :token_sha256 and ended_at is null
