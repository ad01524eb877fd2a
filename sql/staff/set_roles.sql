-- Set somebody's roles. Rows: one. Index: staff_pkey.
update staff
set roles = cast(:roles as text[])
where id = :staff_id
