-- One row: whether any of these members has an event. Index: the primary key (user_id, id).
select exists (
    select
    from engagement_events
    where user_id = any(cast(:members as uuid[]))
) as have_events
