-- A row a step of :step_minutes minutes with an event of an objective that counts, from :since and before :until, by time: how
-- many were good and bad. Indexes: objective_minutes_pkey, uptime_minutes_pkey.
select
    date_bin(make_interval(mins => :step_minutes), minute, cast(:since as timestamptz)) as at,
    cast(sum(good) as bigint) as good,
    cast(sum(bad) as bigint) as bad
from public.bee_objective_counts(:since, :until)
where objective = :objective
group by 1
order by 1
