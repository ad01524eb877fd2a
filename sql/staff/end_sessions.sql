-- End the open sessions of somebody, but for one that may be kept. Rows: those ended.
-- Index: staff_sessions_open.
update staff_sessions
set ended_at = :now, ended_because = :because
where
    staff_id = :staff_id
    and ended_at is null
    and (cast(:keep as bytea) is null or token_sha256 <> cast(:keep as bytea))
