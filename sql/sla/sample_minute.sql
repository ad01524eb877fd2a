-- Say of a minute how what is no request stands at :now: whether scores are fresh, pushes leave, crises are handed on.
-- Rows: one an objective of which there is anything to say; none where the minute was sampled before. Indexes: notification_deliveries_due,
-- outbox_waiting, coach_interventions_safety_event_key, objective_minutes_pkey; members are scanned.
with zones as (
    select
        members.time_zone,
        score_frontiers.scored_through,
        min(cast(members.created_at at time zone members.time_zone as date)) as known_since
    from members
    left join score_frontiers on score_frontiers.time_zone = members.time_zone
    where members.left_on is null and not members.is_synthetic
    group by members.time_zone, score_frontiers.scored_through
),

-- A day is to be scored by four in the morning after it; whoever is new, from the day on which they came.
scores as (
    select
        'scores' as objective,
        (coalesce(scored_through + 1, known_since) + 1 + time '04:00') at time zone time_zone
            > cast(:now as timestamptz) as is_good
    from zones
),

stopped as (
    select distinct on (rule) rule, is_stopped
    from notification_stops
    order by rule, id desc
),

late as (
    select
    from notification_deliveries as deliveries
    inner join momentum_notifications as decided on decided.id = deliveries.notification_id
    where
        deliveries.finished_at is null
        and coalesce(deliveries.put_off_since, deliveries.available_at) < cast(:now as timestamptz) - make_interval(secs => :push_s)
        and not exists (
            select
            from stopped
            where stopped.is_stopped and (stopped.rule is null or stopped.rule = decided.rule)
        )
),

pushes as (
    select 'push' as objective, not exists (select from late) as is_good
    where exists (select from notification_deliveries)
),

unheard as (
    select
    from outbox
    where
        delivered_at is null
        and topic = 'safety.crisis'
        and created_at < cast(:now as timestamptz) - make_interval(secs => :crisis_s)
),

crises as (
    select 'crisis' as objective, not exists (select from unheard) as is_good
    where
        exists (select from coach_interventions where safety_event_id is not null)
        or exists (select from outbox where delivered_at is null and topic = 'safety.crisis')
),

found as (
    select objective, is_good
    from scores
    union all
    select objective, is_good
    from pushes
    union all
    select objective, is_good
    from crises
)

insert into objective_minutes (minute, objective, good, bad)
select cast(:minute as timestamptz), objective, cast(bool_and(is_good) as integer), 1 - cast(bool_and(is_good) as integer)
from found
where
    not exists (
        select
        from objective_minutes
        where minute = cast(:minute as timestamptz) and objective in ('scores', 'push', 'crisis')
    )
group by objective
order by objective
on conflict (minute, objective) do nothing
