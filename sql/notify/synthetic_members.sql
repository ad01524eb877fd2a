-- A row a synthetic member, in order of id. Index: none; a scan, made while a prober waits for a push.
select id
from members
where is_synthetic
order by id
