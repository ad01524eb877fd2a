-- One row: which transactions this one sees.
select cast(pg_current_snapshot() as text)
