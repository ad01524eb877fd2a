-- One row: whether a member is in no figure. Index: members_pkey.
select is_synthetic
from members
where id = :id
