-- DuckDB. A text as PostgreSQL's COPY wants it. It holds no control characters: the importer refuses them.
create or replace macro copy_text(value) as replace(value, '\', '\\')
