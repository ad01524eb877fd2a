-- A row an act that the search finds, newest first: who and whom by the name that staff call them by, and whether a
-- seal covers it. `before_id`: the act below which to go on. Index: audit_log_time, for one kind audit_log_action.
with actors as (
    select id
    from staff
    where strpos(lower(full_name), lower(cast(:who as text))) > 0
    union all
    select id
    from members
    where number = cast(:who_number as bigint)
),
subjects as (
    select cast(id as text) as id
    from staff
    where strpos(lower(full_name), lower(cast(:about as text))) > 0
    union all
    select cast(id as text)
    from members
    where number = cast(:about_number as bigint)
),
found as (
    select audit_log.*
    from audit_log
    where (cast(:since as timestamptz) is null or at >= cast(:since as timestamptz))
        and (
            cast(:before_id as bigint) is null
            or (at, id) < (select at, id from audit_log where id = cast(:before_id as bigint))
        )
        and (cast(:action as text) is null or action = cast(:action as text))
        and (
            cast(:who as text) is null
            or actor_kind = cast(:who_kind as text)
            or actor_id in (select id from actors)
        )
        and (
            cast(:about as text) is null
            or subject_kind = lower(cast(:about as text))
            or subject_id = cast(:about as text)
            or subject_id in (select id from subjects)
        )
    order by at desc, id desc
    limit cast(:most as integer)
),
newest_seal as (
    select through_transaction, through_id
    from audit_seals
    order by id desc
    limit 1
)
select
    found.id,
    found.at,
    found.actor_kind,
    actor_staff.full_name as actor_name,
    actor_members.number as actor_number,
    found.action,
    found.subject_kind,
    found.subject_id,
    subject_staff.full_name as subject_name,
    subject_members.number as subject_number,
    cast(found.before as text) as before,
    cast(found.after as text) as after,
    found.reason,
    coalesce(
        (found.transaction, found.id) <= (newest_seal.through_transaction, newest_seal.through_id), false
    ) as is_sealed
from found
left join staff as actor_staff on actor_staff.id = found.actor_id
left join members as actor_members on actor_members.id = found.actor_id
-- A subject is whatever the act says, not always an id.
left join staff as subject_staff
    on subject_staff.id = case when found.subject_id ~ '^[0-9a-f]{8}-[0-9a-f-]{27}$' then cast(found.subject_id as uuid) end
left join members as subject_members
    on subject_members.id = case when found.subject_id ~ '^[0-9a-f]{8}-[0-9a-f-]{27}$' then cast(found.subject_id as uuid) end
left join newest_seal on true
order by found.at desc, found.id desc
