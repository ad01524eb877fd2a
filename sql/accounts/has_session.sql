-- One row: whether a session of an account is open. Index: member_sessions_pkey.
select exists (select from member_sessions where id = :id and user_id = :user_id)
