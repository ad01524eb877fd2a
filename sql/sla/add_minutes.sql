-- Add what a process measured to the minutes and to the totals since ever, unless this addition was made before, and mark the
-- minutes as stale. :rows is JSON, a row a minute, route, release, prompt, model and status; :totals one a route, release and
-- status; sketches are arrays as text. Every process locks rows in the same order. Rows: one a total, none the second time.
-- Indexes: service_recorders_pkey, service_minutes_pkey, service_totals_pkey, stale_minutes_pkey.
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
