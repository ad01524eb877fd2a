-- A row a push that a prober asked for and nobody has taken, oldest first; what waits too long is given up by who asked. Index:
-- probe_pushes_waiting.
select id
from probe_pushes
where taken_at is null and asked_at >= cast(:now as timestamptz) - interval '5 minutes'
order by asked_at
limit 20
