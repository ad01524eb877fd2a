-- Keep what an amendment did to uptime. Rows: one. Index: service_amendments_pkey.
update service_amendments
set uptime_before = cast(:uptime_before as double precision), uptime_after = cast(:uptime_after as double precision)
where id = :id
