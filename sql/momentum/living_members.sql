-- A row a member of the list who is still there, by id. Index: members_pkey.
select id
from members
where id = any(cast(:members as uuid[]))
order by id
