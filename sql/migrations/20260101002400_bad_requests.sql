-- Requests that spent a budget, each by itself: which they were, and whose. Of a storm a fair sample, and how many it leaves out.

-- A request that was bad for the objectives in `spent`. Its number is the one in the log and in the answer's header; a client
-- may give it, so that it is no key. The member is known where a token was verified, and forgotten with them.
create table public.bad_requests (
    id bigint generated always as identity primary key,
    at timestamptz not null,
    minute timestamptz not null check (minute = date_trunc('minute', at at time zone 'UTC') at time zone 'UTC'),
    route text not null check (length(route) between 1 and 200),
    release text not null check (length(release) <= 100),
    prompt text not null default '' check (length(prompt) <= 100),
    model text not null default '' check (length(model) <= 100),
    status text not null check (status in ('2xx', '3xx', '5xx', 'broken', 'timeout')),
    seconds double precision not null,
    first_byte_s double precision,
    request_id text not null check (length(request_id) <= 64),
    user_id uuid references public.members (id) on delete set null,
    spent text[] not null check (cardinality(spent) > 0)
);
create index bad_requests_minute on public.bad_requests (minute) include (user_id, route, release, prompt, model, spent);
create index bad_requests_member on public.bad_requests (user_id) where user_id is not null;

-- How many more there were than were kept: of them nobody knows whose they were.
create table public.unlisted_requests (
    minute timestamptz not null check (minute = date_trunc('minute', minute at time zone 'UTC') at time zone 'UTC'),
    objective text not null check (objective ~ '^[a-z][a-z_]{0,39}$'),
    route text not null check (length(route) between 1 and 200),
    release text not null check (length(release) <= 100),
    prompt text not null check (length(prompt) <= 100),
    model text not null check (length(model) <= 100),
    n bigint not null check (n > 0),
    primary key (minute, objective, route, release, prompt, model)
);

alter table public.bad_requests enable row level security;
alter table public.unlisted_requests enable row level security;
revoke all on public.bad_requests, public.unlisted_requests from public, anon, authenticated, service_role;
revoke all on sequence public.bad_requests_id_seq from public, anon, authenticated, service_role;

-- The API adds, the worker forgets, on-call and admins read.
grant insert on public.bad_requests to bee_system;
grant select, insert, update on public.unlisted_requests to bee_system;
create policy system on public.bad_requests for insert to bee_system with check (true);
create policy system on public.unlisted_requests to bee_system using (true) with check (true);
grant select, delete on public.bad_requests, public.unlisted_requests to bee_worker;
create policy worker on public.bad_requests to bee_worker using (true);
create policy worker on public.unlisted_requests to bee_worker using (true);
grant select on public.bad_requests, public.unlisted_requests to bee_oncall, bee_admin;
create policy staff on public.bad_requests for select to bee_oncall, bee_admin using (true);
create policy staff on public.unlisted_requests for select to bee_oncall, bee_admin using (true);
