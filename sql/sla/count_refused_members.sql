-- One row: of how many members requests were refused since :since. Index: request_refusals_pkey.
select count(distinct refusals.user_id)
from request_refusals as refusals
inner join members on members.id = refusals.user_id and not members.is_synthetic
where refusals.hour >= :since and (cast(:area as text) is null or refusals.area = :area)
