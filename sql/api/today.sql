-- At most one row: the day that it is where a member lives. Index: members_pkey.
select cast(cast(:now as timestamptz) at time zone time_zone as date) as today
from members
where id = :user_id
