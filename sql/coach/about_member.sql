-- At most one row: whether a member consented to coaching, and what their record says of them. Index: members_pkey.
select
    coalesce(members.consents -> 'coaching' = 'true', false) as consents,
    members.external_id,
    personal_data.full_name,
    personal_data.email,
    personal_data.phone
from members
left join personal_data on personal_data.member_id = members.id
where members.id = cast(:user_id as uuid)
