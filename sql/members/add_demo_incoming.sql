-- Adds the demo events that are not in the table yet and marks their members as due. One row: how many came in.
with added as (
    insert into engagement_events (
        id, user_id, event_type, event_date, metadata, occurred_at, time_zone, source, received_at
    )
    select id, user_id, event_type, event_date, metadata, occurred_at, time_zone, source, received_at
    from demo_incoming
    on conflict (user_id, id) do nothing
    returning user_id, event_date
),
touched as (
    insert into score_dues as due (user_id, from_date)
    select user_id, min(event_date)
    from added
    group by user_id
    order by user_id
    on conflict (user_id) do update
    set from_date = least(due.from_date, excluded.from_date), touched_at = excluded.touched_at, seq = due.seq + 1
)
select count(*) as added
from added
