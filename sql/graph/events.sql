-- A row an event that whoever asks may see, newest first, behind a place. Index: engagement_events_pkey.
select id, user_id, event_type, event_date, occurred_at, received_at, time_zone, source, metadata
from engagement_events
where
    cast(:at as timestamptz) is null
    or (occurred_at, id) < (cast(:at as timestamptz), cast(:id as uuid))
order by occurred_at desc, id desc
limit :most
