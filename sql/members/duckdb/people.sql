-- DuckDB. One row a member with staged events, in the order of the id.
select user_id, events, first_on
from people
order by member
