-- A row a maintenance or correction that ends after :since, the withdrawn too, newest first, with names. Index: none;
-- there are few.
select
    amendments.id,
    amendments.kind,
    amendments.starts_at,
    amendments.ends_at,
    amendments.state,
    amendments.reason,
    amendments.declared_by,
    declared.full_name as declared_by_name,
    amendments.declared_at,
    amendments.uptime_before,
    amendments.uptime_after,
    amendments.withdrawn_at,
    withdrawn.full_name as withdrawn_by_name,
    amendments.withdrawn_because
from service_amendments as amendments
left join staff as declared on declared.id = amendments.declared_by
left join staff as withdrawn on withdrawn.id = amendments.withdrawn_by
where amendments.ends_at > :since
order by amendments.id desc
