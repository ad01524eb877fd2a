-- A row a minute, route, release and status of the requests of an hour that are of some areas, by time and then the most first:
-- how many, and how long they took. Index: service_minutes_pkey.
select minute, route, release, prompt, model, status, n, seconds, complete
from service_minutes
where
    minute >= :hour
    and minute < cast(:hour as timestamptz) + interval '1 hour'
    and area = any(cast(:areas as text[]))
    and (cast(:route as text) is null or route = :route)
    and (cast(:release as text) is null or release = :release)
order by minute, n desc, route, release, prompt, model, status
limit :most
