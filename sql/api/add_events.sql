-- Add events of a member that are not there yet. A row an event that was added: its id. Index: engagement_events_pkey.
insert into engagement_events (id, user_id, event_type, metadata, occurred_at, time_zone)
select sent.id, :user_id, sent.event_type, cast(sent.metadata as jsonb), sent.occurred_at, sent.time_zone
from unnest(
    cast(:ids as uuid[]),
    cast(:event_types as text[]),
    cast(:metadata as text[]),
    cast(:occurred_at as timestamptz[]),
    cast(:time_zones as text[])
) as sent (id, event_type, metadata, occurred_at, time_zone)
on conflict (user_id, id) do nothing
returning id
