-- A row a member and area with refused requests since :since: how many, in how many hours, and when last; the most first.
-- Index: request_refusals_pkey.
select
    members.number,
    refusals.area,
    cast(sum(refusals.refused) as bigint) as refused,
    count(*) as hours,
    max(refusals.last_at) as last_at
from request_refusals as refusals
inner join members on members.id = refusals.user_id and not members.is_synthetic
where refusals.hour >= :since and (cast(:area as text) is null or refusals.area = :area)
group by members.number, refusals.area
order by refused desc, members.number, refusals.area
limit cast(:most as integer)
