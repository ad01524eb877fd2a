-- One row: how many of these numbers belong to members. Index: members_number_key.
select count(*)
from members
where number = any(cast(:numbers as bigint[]))
