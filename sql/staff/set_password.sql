-- Set a password's hash. Rows: one. Index: staff_pkey.
update staff
set password_hash = :password_hash
where id = :staff_id
