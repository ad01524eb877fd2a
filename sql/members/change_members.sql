-- Brings known members in line with the incoming rows.
-- `columns`: what the file has; what it has not stays as it is. An attribute that is null is removed.
-- One row a member that changed, in order of id.
with wanted as (
    select
        known.id,
        coalesce(incoming.external_id, known.external_id) as external_id,
        coalesce(incoming.time_zone, known.time_zone) as time_zone,
        coalesce(incoming.joined_on, known.joined_on) as joined_on,
        case when 'left_on' = any(cast(:columns as text[])) then incoming.left_on else known.left_on end as left_on,
        case when 'coach' = any(cast(:columns as text[])) then incoming.coach_id else known.coach_id end as coach_id,
        jsonb_strip_nulls(known.attributes || coalesce(incoming.attributes, '{}')) as attributes
    from incoming_members as incoming
    join members as known on known.id = incoming.member_id
    where incoming.reason is null
),
changed as (
    update members
    set
        external_id = wanted.external_id,
        time_zone = wanted.time_zone,
        joined_on = wanted.joined_on,
        left_on = wanted.left_on,
        coach_id = wanted.coach_id,
        attributes = wanted.attributes
    from wanted
    where members.id = wanted.id
        and (
            members.external_id, members.time_zone, members.joined_on, members.left_on, members.coach_id,
            members.attributes
        ) is distinct from (
            wanted.external_id, wanted.time_zone, wanted.joined_on, wanted.left_on, wanted.coach_id,
            wanted.attributes
        )
    returning members.id
)
select id
from changed
order by id
