-- A row a member of the list, by number: how they are called where nobody may see a name. Index: members_pkey.
select id, number, is_demo
from members
where id = any(cast(:members as uuid[]))
order by number
