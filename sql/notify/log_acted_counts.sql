-- A row a rule, type of message, state and reason, in that order: after how many of those that were sent since :since
-- their member did something within :within_h hours, 24 at most. Joined by the day in UTC too: by the member alone, each
-- event would meet everything that was ever sent to its member. Indexes: momentum_notifications_time,
-- engagement_events_day.
with sent as (
    select decided.id, decided.user_id, decided.rule, decided.notification_type, decided.sent_at, told.state, told.reason
    from momentum_notifications as decided
    join members on members.id = decided.user_id and not members.is_synthetic
    left join notification_deliveries as deliveries on deliveries.notification_id = decided.id
    cross join lateral (
        select
            public.bee_notification_state(decided.decision, decided.sent_at, deliveries.outcome) as state,
            coalesce(deliveries.reason, decided.reason) as reason
    ) as told
    where decided.decided_at >= cast(:since as timestamptz)
        and decided.sent_at is not null
        and (cast(:member_id as uuid) is null or decided.user_id = cast(:member_id as uuid))
        and (
            cast(:segment as text) = 'all'
            or decided.user_id in (select public.bee_members_in(cast(:segment as text)))
        )
),

acted as (
    select distinct sent.id, sent.rule, sent.notification_type, sent.state, sent.reason
    from sent
    cross join (values (0), (1)) as away (days)
    join engagement_events as events
        on events.user_id = sent.user_id
        and cast(events.occurred_at at time zone 'UTC' as date)
        = cast(sent.sent_at at time zone 'UTC' as date) + away.days
        and events.occurred_at > sent.sent_at
        and events.occurred_at <= sent.sent_at + make_interval(hours => cast(:within_h as integer))
    -- A local day begins a day before its date in UTC at most.
    where events.event_date >= cast(cast(:since as timestamptz) as date) - 1
)

select rule, notification_type, state, reason, count(*) as acted
from acted
group by rule, notification_type, state, reason
order by rule, notification_type, state, reason
