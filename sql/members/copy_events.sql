-- Takes events as COPY's text straight into the table. The order of the columns is that of the staging area's lines.
copy engagement_events (id, user_id, event_type, event_date, metadata, occurred_at, time_zone, source) from stdin
