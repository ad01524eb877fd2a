-- Adds the members that are new. Who was added by somebody else in the meantime is updated by the next statement.
-- One row a member added, in order of id.
with added as (
    insert into members (id, external_id, time_zone, joined_on, left_on, coach_id, attributes)
    select
        member_id, coalesce(external_id, cast(member_id as text)), time_zone, joined_on, left_on, coach_id,
        jsonb_strip_nulls(coalesce(attributes, '{}'))
    from incoming_members as incoming
    where reason is null and not exists (select from members where members.id = incoming.member_id)
    order by member_id
    on conflict do nothing
    returning id
)
select id
from added
order by id
