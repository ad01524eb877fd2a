-- Move a session on to its next turn. Rows: one. Index: member_sessions_pkey.
update member_sessions
set turn = turn + 1, refreshed_at = :now
where id = :id
