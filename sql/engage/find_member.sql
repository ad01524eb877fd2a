-- One row: the member with this number. Index: members by number.
select id
from members
where number = cast(:number as bigint) and not is_synthetic
