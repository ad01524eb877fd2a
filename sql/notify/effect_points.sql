-- A row a decision of a rule's version that no guard held back, by time: who, whether it was to be sent and by what
-- chance, what was known then, and what followed. `opens_1h` and `opens_24h`: whether the member did something in the
-- app within so many hours of when it went out or would have; `score`: the mean of the three days after that day. Null
-- where it is not over, or not scored, yet. Indexes: momentum_notifications_moment_key, engagement_events_day,
-- daily_engagement_scores_pkey.
with points as (
    select
        decided.id,
        decided.user_id,
        decided.decision = 'send' as is_treated,
        decided.probability,
        decided.momentum_state,
        decided.sent_at is not null as went_out,
        started.at,
        started.local_on,
        started.local_on - members.joined_on + 1 as day
    from momentum_notifications as decided
    join members on members.id = decided.user_id and not members.is_synthetic
    cross join lateral (
        select
            coalesce(decided.not_before, decided.decided_at) as at,
            cast(coalesce(decided.not_before, decided.decided_at) at time zone members.time_zone as date) as local_on
    ) as started
    where decided.rule = :rule
        and decided.rule_version = :version
        and decided.reason in ('eligible', 'deferred', 'holdout')
),

-- The day of an event is the member's where they were: it may differ by one from the day at home.
heard as (
    select points.id, min(events.occurred_at) - min(points.at) as after
    from points
    cross join generate_series(-1, 2) as away (days)
    join engagement_events as events
        on events.user_id = points.user_id
        and events.event_date = points.local_on + away.days
        and events.occurred_at > points.at
        and events.occurred_at <= points.at + interval '24 hours'
    group by points.id
),

scored as (
    select points.id, avg(scores.final_score) as score
    from points
    join daily_engagement_scores as scores
        on scores.user_id = points.user_id
        and scores.score_date between points.local_on + 1 and points.local_on + 3
    where scores.is_complete
    group by points.id
    having count(*) = 3
)

select
    points.user_id,
    points.is_treated,
    points.probability,
    points.momentum_state,
    points.day,
    points.went_out,
    case
        when points.at + interval '1 hour' <= cast(:now as timestamptz)
            then coalesce(heard.after <= interval '1 hour', false)
    end as opens_1h,
    case
        when points.at + interval '24 hours' <= cast(:now as timestamptz) then heard.id is not null
    end as opens_24h,
    scored.score
from points
left join heard on heard.id = points.id
left join scored on scored.id = points.id
order by points.at, points.id
