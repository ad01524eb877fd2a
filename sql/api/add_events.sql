-- Add events of a member that are not there yet; :events is a JSON array of them. One row: the ids of those that were
-- added, null where none was. Index: engagement_events_pkey.
with added as (
    insert into engagement_events (id, user_id, event_type, metadata, occurred_at, time_zone)
    select sent.id, :user_id, sent.event_type, sent.metadata, coalesce(sent.occurred_at, :now), sent.time_zone
    from jsonb_to_recordset(cast(:events as jsonb)) as sent (
        id uuid, event_type text, metadata jsonb, occurred_at timestamptz, time_zone text
    )
    on conflict (user_id, id) do nothing
    returning id
)
select array_agg(cast(id as text)) as ids
from added
