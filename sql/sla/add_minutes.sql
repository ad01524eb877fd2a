-- Add what a process measured to the minutes and to the totals since ever, unless this addition was made before, and mark the
-- minutes as stale; what spent a budget is kept by itself. :rows is JSON, a row a minute, route, release, prompt, model and
-- status; :totals one a route, release and status; :bad one a request; :unlisted one a minute, objective, route, prompt and model
-- with requests that are not in it. Sketches are arrays as text. Every process locks rows in the same order. Rows: one a total,
-- none the second time. Indexes: service_recorders_pkey, service_minutes_pkey, service_totals_pkey, stale_minutes_pkey,
-- members_pkey, unlisted_requests_pkey.
with fresh as (
    insert into service_recorders as recorder (id, release, flushes)
    values (:recorder, :release, :flush)
    on conflict (id) do update
    set flushes = excluded.flushes, seen_at = clock_timestamp()
    where recorder.flushes < excluded.flushes
    returning id
),
measured as (
    select measured.*
    from fresh
    cross join jsonb_to_recordset(cast(:rows as jsonb)) as measured (
        minute timestamptz, route text, release text, prompt text, model text, status text, area text,
        n bigint, seconds double precision, complete text, first_byte text
    )
),
minutes as (
    insert into service_minutes as kept
        (minute, route, release, prompt, model, status, area, n, seconds, complete, first_byte)
    select
        minute, route, release, prompt, model, status, area, n, seconds,
        cast(complete as integer[]), cast(first_byte as integer[])
    from measured
    order by minute, route, release, prompt, model, status
    on conflict (minute, route, release, prompt, model, status) do update
    set n = kept.n + excluded.n,
        seconds = kept.seconds + excluded.seconds,
        complete = public.bee_add_sketches(kept.complete, excluded.complete),
        first_byte = public.bee_add_sketches(kept.first_byte, excluded.first_byte)
),
stale as (
    insert into stale_minutes (minute)
    select distinct minute
    from measured
    order by minute
    -- Locks the mark: whoever takes it off waits, and then sees what was added.
    on conflict (minute) do update
    set marked_at = excluded.marked_at
),
offered as (
    select bad.*
    from fresh
    cross join jsonb_to_recordset(cast(:bad as jsonb)) as bad (
        at timestamptz, route text, prompt text, model text, status text, seconds double precision,
        first_byte_s double precision, request_id text, user_id uuid, spent text[]
    )
),
-- Locked: whoever is being removed is waited for, and is nobody then. So are callers that are no members.
known as materialized (
    select id
    from members
    where id in (select user_id from offered)
    order by id
    for key share
),
listed as (
    insert into bad_requests
        (at, minute, route, release, prompt, model, status, seconds, first_byte_s, request_id, user_id, spent)
    select
        offered.at, date_trunc('minute', offered.at at time zone 'UTC') at time zone 'UTC', offered.route, :release,
        offered.prompt, offered.model, offered.status, offered.seconds, offered.first_byte_s, offered.request_id,
        known.id, offered.spent
    from offered
    left join known on known.id = offered.user_id
    order by offered.at
),
unlisted as (
    insert into unlisted_requests as kept (minute, objective, route, release, prompt, model, n)
    select
        unlisted.minute, unlisted.objective, unlisted.route, :release, unlisted.prompt, unlisted.model,
        cast(sum(unlisted.n) as bigint)
    from fresh
    cross join jsonb_to_recordset(cast(:unlisted as jsonb)) as unlisted (
        minute timestamptz, objective text, route text, prompt text, model text, n bigint
    )
    group by unlisted.minute, unlisted.objective, unlisted.route, unlisted.prompt, unlisted.model
    order by unlisted.minute, unlisted.objective, unlisted.route, unlisted.prompt, unlisted.model
    on conflict (minute, objective, route, release, prompt, model) do update
    set n = kept.n + excluded.n
)
insert into service_totals as kept (route, release, status, n, seconds, complete, first_byte)
select
    totals.route, totals.release, totals.status, totals.n, totals.seconds,
    cast(totals.complete as integer[]), cast(totals.first_byte as integer[])
from fresh
cross join jsonb_to_recordset(cast(:totals as jsonb)) as totals (
    route text, release text, status text, n bigint, seconds double precision, complete text, first_byte text
)
order by totals.route, totals.release, totals.status
on conflict (route, release, status) do update
set n = kept.n + excluded.n,
    seconds = kept.seconds + excluded.seconds,
    complete = public.bee_add_sketches(kept.complete, excluded.complete),
    first_byte = public.bee_add_sketches(kept.first_byte, excluded.first_byte)
