-- End every session of an account but, where :except_id is given, that one. Rows: those ended.
-- Index: member_sessions_user.
delete from member_sessions
where user_id = :user_id and (cast(:except_id as uuid) is null or id <> cast(:except_id as uuid))
