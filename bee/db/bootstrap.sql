-- What a Supabase database has and a plain PostgreSQL lacks, and the role that owns BEE's tables.
-- Run before the migrations, each time; it changes nothing that is there. Not a migration: on Supabase
-- most of this belongs to the platform. A right that the connected user can't give is left out here, and
-- the migration that needs it says so.
do $$
declare
    role_name text;
begin
    foreach role_name in array array['anon', 'authenticated', 'service_role', 'bee_migrator'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = role_name) then
            execute format('create role %I nologin', role_name);
            if role_name = 'service_role' then
                begin
                    alter role service_role bypassrls;
                exception when insufficient_privilege then
                    raise notice 'service_role works by its policies: this user can''t give bypassrls';
                end;
            end if;
        end if;
    end loop;

    if not (select rolcreaterole from pg_catalog.pg_roles where rolname = 'bee_migrator') then
        alter role bee_migrator createrole;
    end if;
    -- Who made the role may hand it on, but from version 16 on may not yet act as it.
    if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user) then
        execute format('grant bee_migrator to %I', current_user);
    end if;

    -- The owner hands the members' roles on to the login of the API.
    foreach role_name in array array['anon', 'authenticated', 'service_role'] loop
        if not pg_catalog.pg_has_role('bee_migrator', role_name, 'member with admin option') then
            begin
                execute format('grant %I to bee_migrator with admin option', role_name);
            exception when insufficient_privilege then
                raise notice '% can''t be granted by this user', role_name;
            end;
        end if;
    end loop;

    -- How long transactions of others last is told by what the owner may see.
    if not pg_catalog.pg_has_role('bee_migrator', 'pg_read_all_stats', 'usage') then
        begin
            grant pg_read_all_stats to bee_migrator;
        exception when insufficient_privilege then
            raise notice 'pg_read_all_stats can''t be granted by this user';
        end;
    end if;

    if not pg_catalog.has_database_privilege('bee_migrator', current_database(), 'create') then
        execute format('grant create on database %I to bee_migrator', current_database());
    end if;
    if not pg_catalog.has_schema_privilege('bee_migrator', 'public', 'create with grant option') then
        grant usage, create on schema public to bee_migrator with grant option;
    end if;

    if not exists (select from pg_catalog.pg_namespace where nspname = 'auth') then
        create schema auth;
        grant usage on schema auth to anon, authenticated, service_role, bee_migrator;
    end if;
    if pg_catalog.to_regprocedure('auth.uid()') is null then
        create function auth.uid() returns uuid language sql stable as $function$
            select coalesce(
                nullif(current_setting('request.jwt.claim.sub', true), ''),
                (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')
            )::uuid
        $function$;
    end if;
    if pg_catalog.to_regprocedure('auth.role()') is null then
        create function auth.role() returns text language sql stable as $function$
            select coalesce(
                nullif(current_setting('request.jwt.claim.role', true), ''),
                (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'role')
            )::text
        $function$;
    end if;
    if pg_catalog.to_regprocedure('auth.email()') is null then
        create function auth.email() returns text language sql stable as $function$
            select coalesce(
                nullif(current_setting('request.jwt.claim.email', true), ''),
                (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'email')
            )::text
        $function$;
    end if;
    if pg_catalog.to_regprocedure('auth.jwt()') is null then
        create function auth.jwt() returns jsonb language sql stable as $function$
            select coalesce(
                nullif(current_setting('request.jwt.claim', true), ''),
                nullif(current_setting('request.jwt.claims', true), '')
            )::jsonb
        $function$;
    end if;

    -- pgvector where there is one, in the schema where Supabase keeps extensions.
    if exists (select from pg_catalog.pg_available_extensions where name = 'vector')
        and not exists (select from pg_catalog.pg_extension where extname = 'vector')
    then
        begin
            create schema if not exists extensions;
            create extension vector with schema extensions;
            grant usage on schema extensions to public;
        exception when insufficient_privilege then
            raise notice 'this user can''t create the extension vector';
        end;
    end if;
end
$$;
