-- Adds the decisions of the incoming rows that differ from what stands now; a trigger mirrors them to the member.
-- One row a member that decided something, in order of id.
with decided as (
    insert into consents (member_id, purpose, granted, source)
    select incoming.member_id, decision.key, cast(decision.value as boolean), 'import'
    from incoming_members as incoming
    join members on members.id = incoming.member_id
    cross join jsonb_each_text(incoming.consents) as decision (key, value)
    where incoming.reason is null and members.consents ->> decision.key is distinct from decision.value
    order by incoming.member_id, decision.key
    returning member_id
)
select distinct member_id as id
from decided
order by id
