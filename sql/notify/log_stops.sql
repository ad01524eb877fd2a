-- A row a time that somebody threw a switch or put it back, newest first. Index: notification_stops_pkey.
select
    stops.id,
    stops.rule,
    stops.is_stopped,
    stops.changed_at,
    stops.changed_by,
    staff.full_name as changed_by_name,
    stops.reason
from notification_stops as stops
left join staff on staff.id = stops.changed_by
where cast(:before_id as bigint) is null or stops.id < cast(:before_id as bigint)
order by stops.id desc
limit cast(:most as integer)
