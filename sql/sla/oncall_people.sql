-- A row somebody who may be called, by name. Index: none; the staff are few.
select id, full_name
from staff
where is_active and roles && array['oncall', 'admin']
order by full_name, id
