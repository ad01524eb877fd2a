-- A row a route, release and status, in that order: how many requests ever, their seconds, and how many in which bucket.
-- Index: service_totals_pkey.
select route, release, status, n, seconds, complete, first_byte
from service_totals
order by route, release, status
