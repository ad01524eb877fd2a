-- One row: how many active admins there are. The lock lets two admins not remove each other at once.
select count(*)
from (
    select id
    from staff
    where is_active and roles @> array['admin']
    order by id
    for update
) as admins
