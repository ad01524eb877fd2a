-- A row an objective and window with an event that counts: how many were good and bad in the last so many minutes before
-- :until. :windows is a list of minutes, the longest is :longest. In order of objective and window.
-- Indexes: objective_minutes_pkey, uptime_minutes_pkey.
select
    counted.objective,
    windows.minutes as window_minutes,
    cast(sum(counted.good) as bigint) as good,
    cast(sum(counted.bad) as bigint) as bad
from public.bee_objective_counts(
    cast(:until as timestamptz) - make_interval(mins => :longest), :until
) as counted
inner join unnest(cast(:windows as integer[])) as windows (minutes)
    on counted.minute >= cast(:until as timestamptz) - make_interval(mins => windows.minutes)
group by counted.objective, windows.minutes
order by counted.objective, windows.minutes
