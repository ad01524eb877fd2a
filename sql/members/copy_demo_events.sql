-- Takes demo events as COPY's text straight into the table.
copy engagement_events (
    id, user_id, event_type, event_date, metadata, occurred_at, time_zone, source, received_at
) from stdin
