-- A row a member who was last heard of between :since and :until, by id: when that was, and when it was received.
-- Indexes: engagement_events_day, engagement_events_pkey.
with heard as (
    select events.user_id, max(events.occurred_at) as last_at
    from engagement_events as events
    where
        events.event_date >= cast(cast(:since as timestamptz) as date) - 1
        and events.occurred_at <= :now
    group by events.user_id
)

select heard.user_id, heard.last_at, min(events.received_at) as received_at
from heard
inner join members
    on members.id = heard.user_id
    and not members.is_synthetic
    and (
        members.left_on is null
        or members.left_on >= cast(cast(:now as timestamptz) at time zone members.time_zone as date)
    )
inner join engagement_events as events on events.user_id = heard.user_id and events.occurred_at = heard.last_at
where heard.last_at between cast(:since as timestamptz) and cast(:until as timestamptz)
group by heard.user_id, heard.last_at
order by heard.user_id
