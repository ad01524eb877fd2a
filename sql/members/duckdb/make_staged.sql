-- DuckDB. One row an event that was read and is valid. `own_id` (32 digits) and `raw` only where the source has ids.
create table staged (
    line bigint not null,
    own_id varchar,
    user_id varchar not null,
    external_id varchar not null,
    event_type varchar not null,
    occurred_at timestamp not null,
    event_date date not null,
    time_zone varchar not null,
    metadata varchar not null,
    raw varchar
)
