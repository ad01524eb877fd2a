-- DuckDB. One row a member with staged events, in the order of the id: how many, and the first day.
create table people as
select
    cast(row_number() over (order by user_id) as integer) as member,
    user_id,
    count(*) as events,
    min(event_date) as first_on
from staged
group by user_id
