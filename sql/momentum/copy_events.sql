-- COPY: an event of these members from the start of each on: the member's place in the list, the day counted from
-- the start, the type. No order. Indexes: engagement_events_pkey for few members, engagement_events_day for few days.
copy (
    select due.place - 1, events.event_date - due.start_on, events.event_type
    from unnest(cast(%(members)s as uuid[]), cast(%(starts)s as date[])) with ordinality
        as due (user_id, start_on, place)
    inner join engagement_events as events
        on events.user_id = due.user_id and events.event_date >= due.start_on
    where events.event_date >= cast(%(earliest)s as date)
) to stdout (format csv)
