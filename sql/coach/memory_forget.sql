-- Rows: every memory of a member, gone with its embedding. Index: coach_memory_member.
delete from coach_memory
where user_id = cast(:user_id as uuid)
