-- Adds the demo accounts, or gives those that are there the password's hash; accounts of real people stay as
-- they are. Index: staff_email_key.
insert into staff as account (email, full_name, roles, password_hash, is_demo)
select demo.email, demo.full_name, array[demo.role], :password_hash, true
from unnest(cast(:emails as text[]), cast(:names as text[]), cast(:roles as text[])) as demo (email, full_name, role)
order by demo.email
on conflict (email) do update
set password_hash = excluded.password_hash
where account.is_demo
