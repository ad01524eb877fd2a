-- A row a maintenance or correction that ends after :since, as it is after what changed, the withdrawn too, newest first, with
-- names. Index: none; there are few.
select
    amendments.id,
    amendments.kind,
    coalesce(changed.starts_at, amendments.starts_at) as starts_at,
    coalesce(changed.ends_at, amendments.ends_at) as ends_at,
    amendments.state,
    amendments.reason,
    amendments.declared_by,
    declared.full_name as declared_by_name,
    amendments.declared_at,
    amendments.uptime_before,
    amendments.uptime_after,
    amendments.withdrawn_at,
    withdrawn.full_name as withdrawn_by_name,
    amendments.withdrawn_because,
    changed.kind as changed,
    changer.full_name as changed_by_name,
    changed.reason as changed_because
from service_amendments as amendments
left join lateral (
    select changes.kind, changes.starts_at, changes.ends_at, changes.reason, changes.changed_by
    from service_maintenance_changes as changes
    where changes.amendment = amendments.id and changes.withdrawn_at is null
    order by changes.id desc
    limit 1
) as changed on true
left join staff as declared on declared.id = amendments.declared_by
left join staff as withdrawn on withdrawn.id = amendments.withdrawn_by
left join staff as changer on changer.id = changed.changed_by
where coalesce(changed.ends_at, amendments.ends_at) > :since
order by amendments.id desc
