-- A row a span (:step is hour or day, UTC) and area with refused requests since :since: how many, of how many members. In that
-- order. Index: request_refusals_pkey.
select
    date_trunc(:step, refusals.hour at time zone 'UTC') at time zone 'UTC' as since,
    refusals.area,
    cast(sum(refusals.refused) as bigint) as refused,
    count(distinct refusals.user_id) as members
from request_refusals as refusals
inner join members on members.id = refusals.user_id and not members.is_synthetic
where refusals.hour >= :since and (cast(:area as text) is null or refusals.area = :area)
group by 1, 2
order by 1, 2
