-- One row a migration that the database has had, oldest first. Index: the primary key.
select version
from supabase_migrations.schema_migrations
order by version
