-- A row a minute and objective with an event that counts, from :since and before :until, in that order: how many were good,
-- how many were not. :objective may be null for all. Indexes: objective_minutes_pkey, uptime_minutes_pkey.
select minute, objective, good, bad
from public.bee_objective_counts(:since, :until)
where cast(:objective as text) is null or objective = :objective
order by minute, objective
