-- One row: the server's version, its size on disk in bytes, and the version of pgvector, null without it.
select
    current_setting('server_version') as version,
    pg_database_size(current_database()) as size_bytes,
    (select extversion from pg_catalog.pg_extension where extname = 'vector') as vector
