-- At most one row: the member with this id, external id or number. An external id comes before the others.
-- Index: members by external_id, by id, by number.
select id, number, external_id, time_zone, joined_on, left_on, is_demo, is_synthetic
from (
    select 1 as rank, *
    from members
    where external_id = cast(:text as text)
    union all
    select 2 as rank, *
    from members
    where id = cast(:id as uuid)
    union all
    select 3 as rank, *
    from members
    where number = cast(:number as bigint)
) as found
order by rank
limit 1
