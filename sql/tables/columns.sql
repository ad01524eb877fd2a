-- A row a column of the given tables of the schema public: its type, that type's arrays, its place in the primary
-- key, and which of the given roles may read it. By table, in the order of definition.
-- Index: those of the catalogue.
select
    tables.relname::text as table_name,
    columns.attname::text as name,
    types.typname::text as type_name,
    arrays.typname::text as array_name,
    format_type(columns.atttypid, columns.atttypmod) as label,
    array_position(keys.indkey::smallint[], columns.attnum) as key_place,
    array(
        select granted.role
        from unnest(cast(:roles as text[])) as granted (role)
        where has_column_privilege(granted.role, tables.oid, columns.attnum, 'select')
        order by granted.role
    ) as readers
from pg_catalog.pg_class as tables
inner join pg_catalog.pg_attribute as columns
    on columns.attrelid = tables.oid and columns.attnum > 0 and not columns.attisdropped
inner join pg_catalog.pg_type as types on types.oid = columns.atttypid
left join pg_catalog.pg_type as arrays on arrays.oid = types.typarray
left join pg_catalog.pg_index as keys on keys.indrelid = tables.oid and keys.indisprimary
where tables.relnamespace = 'public'::regnamespace and tables.relname = any(cast(:tables as text[]))
order by tables.relname, columns.attnum
