-- At most one row: what a notification says. Only the roles coach, of their own members, and admin may run it.
-- Index: momentum_notifications_pkey.
select title, message
from momentum_notifications
where id = cast(:id as uuid)
