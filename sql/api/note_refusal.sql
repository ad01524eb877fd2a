-- Count a request of a member that was refused, by the hour. Rows: one, or none where there is no such member.
-- Indexes: members_pkey, request_refusals_pkey.
insert into request_refusals as kept (hour, area, user_id, refused, last_at)
select date_trunc('hour', now() at time zone 'UTC') at time zone 'UTC', :area, id, 1, now()
from members
where id = :user_id
on conflict (hour, area, user_id) do update
set refused = kept.refused + 1, last_at = excluded.last_at
