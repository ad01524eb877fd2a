-- One row a member with one of these ids, in order of id. Index: members by id.
select cast(id as text) as key, id, external_id, time_zone
from members
where id = any(cast(:keys as uuid[]))
order by id
