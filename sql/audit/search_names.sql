-- A row somebody on the staff, then or now, by id: what acts call by id, people call by name. Index: staff_pkey.
select id, full_name
from staff
order by id
