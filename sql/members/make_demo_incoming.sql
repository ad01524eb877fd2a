-- A place for demo events of which some may be in the table already.
create temporary table demo_incoming (like engagement_events) on commit drop
