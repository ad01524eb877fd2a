-- A row a notification of the list after which its member did something within :within_h hours of the sending, by id.
-- Indexes: momentum_notifications_pkey, engagement_events_pkey.
select sent.id
from momentum_notifications as sent
where sent.id = any(cast(:ids as uuid[]))
    and exists (
        select
        from engagement_events as events
        where events.user_id = sent.user_id
            and events.occurred_at > sent.sent_at
            and events.occurred_at <= sent.sent_at + make_interval(hours => cast(:within_h as integer))
    )
order by sent.id
