-- At most one row: an account by its id. Index: staff_pkey.
select id, email, full_name, password_hash, roles, is_active, is_demo
from staff
where id = :staff_id
