-- One row: how many bytes the database takes, and how many connections the server has room for. Index: none.
select
    pg_database_size(current_database()) as size_bytes,
    cast(current_setting('max_connections') as integer) as most_connections
