-- At most one row: an account by its lower-case e-mail address. Index: staff_email_key.
select id, email, full_name, password_hash, roles, is_active, is_demo
from staff
where email = :email
