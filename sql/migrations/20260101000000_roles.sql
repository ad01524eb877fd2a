-- The roles. Members are Supabase's anon, authenticated and service_role, which exist before any migration;
-- staff act through one role each; processes sign in through logins, whose passwords are set outside.
do $$
declare
    staff_role text;
    login text;
begin
    foreach staff_role in array array['bee_product', 'bee_coach', 'bee_oncall', 'bee_admin', 'bee_gate'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = staff_role) then
            execute format('create role %I nologin', staff_role);
        end if;
    end loop;
    foreach login in array array['bee_api', 'bee_system', 'bee_dashboard', 'bee_worker'] loop
        if not exists (select from pg_catalog.pg_roles where rolname = login) then
            execute format('create role %I login noinherit', login);
        end if;
    end loop;
end
$$;

grant bee_product, bee_coach, bee_oncall, bee_admin, bee_gate to bee_dashboard;
grant anon, authenticated, service_role to bee_api;

revoke create on schema public from public;
grant usage on schema public to
    anon, authenticated, service_role, bee_product, bee_coach, bee_oncall, bee_admin, bee_gate,
    bee_api, bee_system, bee_dashboard, bee_worker;

-- Functions name pg_temp, and last: left out it is searched first, and a type of the caller's own would stand in for
-- one of ours where a function acts as its owner.

-- Who the transaction acts for, as the dashboard said when it began.
create function public.bee_staff_id() returns uuid
language sql stable
set search_path = pg_catalog, pg_temp
as $$ select nullif(pg_catalog.current_setting('bee.staff_id', true), '')::uuid $$;

-- Supabase grants the members' roles whatever is made in this schema; so each thing made takes that back.
revoke all on function public.bee_staff_id() from public, anon, authenticated, service_role;
grant execute on function public.bee_staff_id() to
    bee_product, bee_coach, bee_oncall, bee_admin, bee_gate, bee_worker, bee_system, service_role;
