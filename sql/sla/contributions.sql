-- A row a thing that the bad events of an objective are charged to, from the hour of :since and before :until: the most bad
-- first, :most at most. :by is route, release, prompt or model; requests without one are '' together.
-- Index: objective_hours_pkey.
select
    case :by
        when 'route' then route
        when 'release' then release
        when 'prompt' then prompt
        else model
    end as name,
    cast(sum(good) as bigint) as good,
    cast(sum(bad) as bigint) as bad
from objective_hours
where
    objective = :objective
    and hour >= date_trunc('hour', cast(:since as timestamptz) at time zone 'UTC') at time zone 'UTC'
    and hour < :until
    and (cast(:route as text) is null or route = :route)
    and (cast(:release as text) is null or release = :release)
group by 1
order by bad desc, good desc, name
limit :most
