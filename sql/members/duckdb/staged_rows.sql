-- DuckDB. One row a staged event that has one of $ids and is the first of its id, of the member $user_id, by line.
select line, own_id, raw
from (
    select line, own_id, raw, row_number() over (partition by own_id order by line) as turn
    from staged
    where user_id = $user_id and own_id in (select unnest($ids))
)
where turn = 1
order by line
