-- At most one row: maintenance that stands, when it is, and whether :by is its author or an admin. Index:
-- service_amendments_pkey.
select
    stands.id,
    stands.kind,
    stands.starts_at,
    stands.ends_at,
    amendments.declared_by = cast(:by as uuid)
    or exists (select from staff where staff.id = cast(:by as uuid) and 'admin' = any(staff.roles)) as is_theirs
from public.bee_amended('-infinity', 'infinity') as stands
inner join service_amendments as amendments on amendments.id = stands.id
where stands.id = :id and stands.kind = 'maintenance'
