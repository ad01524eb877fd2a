-- At most one row: an amendment that is withdrawn now, as it stands; none where it was before. Index: service_amendments_pkey.
update service_amendments
set withdrawn_at = now(), withdrawn_by = cast(:by as uuid), withdrawn_because = :because
where id = :id and withdrawn_at is null
returning
    id,
    kind,
    starts_at,
    ends_at,
    state,
    reason,
    declared_by,
    cast(null as text) as declared_by_name,
    declared_at,
    uptime_before,
    uptime_after,
    withdrawn_at,
    cast(null as text) as withdrawn_by_name,
    withdrawn_because
