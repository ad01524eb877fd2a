-- One row a member whose number or name matches the words, all that the role may see where there are none. In order
-- of number. Personal: only the roles coach (of their own members) and admin may run it. Index: members by number.
select members.id, members.number, personal_data.full_name, members.is_demo
from members
left join personal_data on personal_data.member_id = members.id
where not members.is_synthetic
    and (
        cast(:words as text) = ''
        or 'p-' || cast(members.number as text) = lower(cast(:words as text))
        or cast(members.number as text) = cast(:words as text)
        or strpos(lower(personal_data.full_name), lower(cast(:words as text))) > 0
    )
order by members.number
limit cast(:limit as integer)
