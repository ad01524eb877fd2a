-- Takes events as COPY's text into the temporary table, the same columns as copy_events.
copy incoming (id, user_id, event_type, event_date, metadata, occurred_at, time_zone, source) from stdin
