-- DuckDB. One row an event whose id an earlier row of the file has with other content, by line.
with turns as (
    select
        *,
        row_number() over (partition by user_id, own_id order by line) as turn,
        first(struct_pack(line, event_type, occurred_at, metadata)) over (
            partition by user_id, own_id
            order by line
        ) as earlier
    from staged
    where own_id is not null
)
select line, own_id, earlier.line as earlier_line, raw
from turns
where turn > 1
    and (event_type, occurred_at, metadata)
        is distinct from (earlier.event_type, earlier.occurred_at, earlier.metadata)
order by line
