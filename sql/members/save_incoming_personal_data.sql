-- Sets the personal data of the incoming rows. `columns`: what the file has; what it has not stays as it is.
-- One row a member whose personal data changed, in order of id.
with saved as (
    insert into personal_data as kept (member_id, full_name, email, phone)
    select incoming.member_id, incoming.full_name, incoming.email, incoming.phone
    from incoming_members as incoming
    where incoming.reason is null
        and cast(:columns as text[]) && array['full_name', 'email', 'phone']
        and (
            num_nonnulls(incoming.full_name, incoming.email, incoming.phone) > 0
            or exists (select from personal_data where personal_data.member_id = incoming.member_id)
        )
    order by incoming.member_id
    on conflict (member_id) do update
    set
        full_name = case when 'full_name' = any(cast(:columns as text[])) then excluded.full_name else kept.full_name end,
        email = case when 'email' = any(cast(:columns as text[])) then excluded.email else kept.email end,
        phone = case when 'phone' = any(cast(:columns as text[])) then excluded.phone else kept.phone end,
        updated_at = now()
    where (kept.full_name, kept.email, kept.phone) is distinct from (
        case when 'full_name' = any(cast(:columns as text[])) then excluded.full_name else kept.full_name end,
        case when 'email' = any(cast(:columns as text[])) then excluded.email else kept.email end,
        case when 'phone' = any(cast(:columns as text[])) then excluded.phone else kept.phone end
    )
    returning member_id
)
select member_id as id
from saved
order by id
