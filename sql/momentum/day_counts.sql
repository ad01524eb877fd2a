-- A row a type of event on one day of a member, by type. Index: engagement_events_pkey.
select event_type, cast(count(*) as integer) as events
from engagement_events
where user_id = :member_id and event_date = :day
group by event_type
order by event_type
