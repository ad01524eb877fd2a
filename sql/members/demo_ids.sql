-- One row a demo member, in order of id.
select id
from members
where is_demo
order by id
