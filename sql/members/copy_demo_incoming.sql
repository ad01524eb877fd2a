-- Takes demo events as COPY's text into the temporary table, the same columns as copy_demo_events.
copy demo_incoming (
    id, user_id, event_type, event_date, metadata, occurred_at, time_zone, source, received_at
) from stdin
