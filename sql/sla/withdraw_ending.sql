-- Take back that maintenance was ended, where that is the newest that was said of it. Rows: one, or none.
-- Index: service_maintenance_changes_amendment.
update service_maintenance_changes
set withdrawn_at = now(), withdrawn_by = cast(:by as uuid), withdrawn_because = :because
where
    kind = 'ended'
    and id = (
        select id
        from service_maintenance_changes
        where amendment = :id and withdrawn_at is null
        order by id desc
        limit 1
    )
