-- A row a breaker of a project that is open, by platform. Index: notification_breakers_pkey.
select platform, open_until
from notification_breakers
where project = :project and open_until > :now
order by platform
