-- At most one row: an amendment that is withdrawn now, when it was, and whether :by is its author or an admin; none where it
-- was withdrawn before. Index: service_amendments_pkey.
update service_amendments as amendments
set withdrawn_at = now(), withdrawn_by = cast(:by as uuid), withdrawn_because = :because
from public.bee_amended('-infinity', 'infinity') as stands
where amendments.id = :id and stands.id = amendments.id and amendments.withdrawn_at is null
returning
    amendments.id,
    amendments.kind,
    stands.starts_at,
    stands.ends_at,
    amendments.declared_by = cast(:by as uuid)
    or exists (select from staff where staff.id = cast(:by as uuid) and 'admin' = any(staff.roles)) as is_theirs
