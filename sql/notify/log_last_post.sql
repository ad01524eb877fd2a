-- At most one row: when something was last posted to a device, or recorded instead. Index: notification_attempts_pkey.
select attempted_at
from notification_attempts
order by id desc
limit 1
