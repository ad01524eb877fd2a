-- Open a session. Rows: one inserted.
insert into staff_sessions (token_sha256, staff_id, created_at, last_seen_at, expires_at, address)
values (:token_sha256, :staff_id, :now, :now, :expires_at, :address)
