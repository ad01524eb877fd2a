-- A row a thing that bad requests of an objective are charged to (:by is route, release, prompt, model, objective or all), from
-- :since and before :until, by name: how many members they touched, synthetic ones left out; how many of them are listed, and how
-- many more there were. :objective may be null for every one. Maintenance is left out.
-- Indexes: bad_requests_minute, unlisted_requests_pkey, members_pkey, service_amendments_time.
with maintained as (
    select starts_at, ends_at
    from service_amendments
    where
        kind = 'maintenance'
        and withdrawn_at is null
        and starts_at < cast(:until as timestamptz)
        and ends_at > cast(:since as timestamptz)
),

spent as (
    select bad.minute, spends.objective, bad.route, bad.release, bad.prompt, bad.model, bad.user_id, 1 as listed, 0 as unlisted
    from bad_requests as bad
    cross join unnest(bad.spent) as spends (objective)
    where bad.minute >= :since and bad.minute < :until
    union all
    select minute, objective, route, release, prompt, model, null, 0, n
    from unlisted_requests
    where minute >= :since and minute < :until
)

select
    case :by
        when 'route' then spent.route
        when 'release' then spent.release
        when 'prompt' then spent.prompt
        when 'model' then spent.model
        when 'objective' then spent.objective
        else ''
    end as name,
    count(distinct members.id) as members,
    cast(sum(spent.listed) as bigint) as listed,
    cast(sum(spent.unlisted) as bigint) as unlisted
from spent
left join members on members.id = spent.user_id and not members.is_synthetic
where
    (cast(:objective as text) is null or spent.objective = :objective)
    and (cast(:route as text) is null or spent.route = :route)
    and (cast(:release as text) is null or spent.release = :release)
    and not exists (
        select
        from maintained
        where spent.minute >= maintained.starts_at and spent.minute < maintained.ends_at
    )
group by 1
order by 1
