-- DuckDB. One row an event of the members from $first to $last, as a line of COPY's text (sql/members/copy_events.sql),
-- by member. Rows without an id are numbered among those that say the same; of rows with the same id the first counts.
with mine as (
    select staged.*
    from staged
    join people using (user_id)
    where people.member between $first and $last
),
described as (
    select
        *,
        strftime(occurred_at, '%Y-%m-%dT%H:%M:%S.%fZ') as happened_at,
        row_number() over (
            partition by user_id, own_id, event_type, occurred_at, metadata
            order by line
        ) as occurrence,
        row_number() over (partition by user_id, own_id order by line) as turn
    from mine
),
named as (
    select
        *,
        coalesce(
            own_id,
            uuid_text(
                sha1(
                    cast($namespace as blob)
                    || encode(concat_ws(chr(10), $source, external_id, event_type, happened_at, metadata, occurrence))
                )
            )
        ) as id
    from described
    where own_id is null or turn = 1
)
select
    concat_ws(
        chr(9), id, user_id, copy_text(event_type), event_date, copy_text(metadata), happened_at, time_zone, $source
    ) || chr(10) as line
from named
order by user_id
