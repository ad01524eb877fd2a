-- End one session. Rows: one, or none where it is over. Index: member_sessions_pkey.
delete from member_sessions
where id = :id
