-- A row somebody who may be given members: those on the staff who are coaches and still here, by name. Index: none; a scan.
select id, full_name
from staff
where is_active and 'coach' = any(roles)
order by full_name, id
