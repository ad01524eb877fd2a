-- A row a member of the list and segment: the member's place in the list, and a mark of the pair. No order.
-- Index: members_pkey.
select
    cast(due.place - 1 as integer) as place,
    segments.segment,
    hashtextextended(cast(segments.user_id as text) || segments.segment, 0) as mark
from unnest(cast(:members as uuid[])) with ordinality as due (user_id, place)
inner join member_segments as segments on segments.user_id = due.user_id
