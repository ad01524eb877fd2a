-- A row a week since :since, which is a Monday, oldest first: addresses registered for the first time, those given up, by
-- reason, those in use at its end, and how often the push service said that a device is gone. An address that came back has
-- no earlier end any more. Index: none; scans.
with weeks as (
    select week_on
    from generate_series(
        cast(cast(:since as date) as timestamp), cast(cast(:until as date) as timestamp), interval '7 days'
    ) as series (week_at)
    cross join lateral (select cast(week_at as date) as week_on) as days
),

chosen as (
    select tokens.created_at, tokens.is_active, tokens.deactivated_at, tokens.deactivated_because
    from user_fcm_tokens as tokens
    inner join members on members.id = tokens.user_id and not members.is_synthetic
    where
        (cast(:platform as text) is null or tokens.platform = cast(:platform as text))
        and (
            cast(:segment as text) = 'all'
            or tokens.user_id in (select public.bee_members_in(cast(:segment as text)))
        )
),

begun as (
    select
        greatest(cast(date_trunc('week', created_at at time zone 'UTC') as date), cast(:since as date) - 7) as week_on,
        count(*) as addresses
    from chosen
    group by 1
),

ended as (
    select
        greatest(
            cast(date_trunc('week', deactivated_at at time zone 'UTC') as date), cast(:since as date) - 7
        ) as week_on,
        count(*) as addresses,
        count(*) filter (where deactivated_because = 'dead_address') as dead,
        count(*) filter (where deactivated_because = 'wrong_project') as foreign_project,
        count(*) filter (where deactivated_because = 'expired') as expired,
        count(*) filter (where deactivated_because = 'moved') as moved
    from chosen
    where not is_active and deactivated_at is not null
    group by 1
),

told as (
    select cast(date_trunc('week', outcomes.answered_at at time zone 'UTC') as date) as week_on, count(*) as answers
    from notification_outcomes as outcomes
    inner join notification_attempts as attempts on attempts.id = outcomes.attempt_id
    inner join notification_deliveries as deliveries on deliveries.notification_id = attempts.notification_id
    where
        outcomes.outcome = 'dead_address'
        and (cast(:platform as text) is null or attempts.platform = cast(:platform as text))
        and (
            cast(:segment as text) = 'all'
            or deliveries.user_id in (select public.bee_members_in(cast(:segment as text)))
        )
    group by 1
)

select
    weeks.week_on,
    coalesce(begun.addresses, 0) as registered,
    coalesce(ended.dead, 0) as dead,
    coalesce(ended.foreign_project, 0) as wrong_project,
    coalesce(ended.expired, 0) as expired,
    coalesce(ended.moved, 0) as moved,
    coalesce(
        ended.addresses - ended.dead - ended.foreign_project - ended.expired - ended.moved, 0
    ) as other,
    cast(
        coalesce((select sum(addresses) from begun as before where before.week_on <= weeks.week_on), 0)
        - coalesce((select sum(addresses) from ended as before where before.week_on <= weeks.week_on), 0)
        as bigint
    ) as in_use,
    coalesce(told.answers, 0) as found_dead
from weeks
left join begun on begun.week_on = weeks.week_on
left join ended on ended.week_on = weeks.week_on
left join told on told.week_on = weeks.week_on
order by weeks.week_on
