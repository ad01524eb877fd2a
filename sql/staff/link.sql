-- At most one row: what a link that can still be used is for. Index: staff_links_pkey.
select staff.id as staff_id, staff.email, staff.full_name, staff_links.purpose
from staff_links
inner join staff on staff.id = staff_links.staff_id
where
    staff_links.token_sha256 = :token_sha256
    and staff_links.used_at is null
    and staff_links.expires_at > :now
    and staff.is_active
