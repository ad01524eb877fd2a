-- Revoke or restore somebody's access. Rows: one. Index: staff_pkey.
update staff
set is_active = :is_active
where id = :staff_id
