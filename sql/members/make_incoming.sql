-- A place for a batch of which some rows may be in the table already. The metadata stays text until it is needed.
create temporary table incoming (
    id uuid not null,
    user_id uuid not null,
    event_type text not null,
    event_date date not null,
    metadata text not null,
    occurred_at timestamptz not null,
    time_zone text not null,
    source text not null
) on commit drop
