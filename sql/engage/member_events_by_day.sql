-- One row a day and type of event of a member. In order of day and type. Index: engagement_events by member.
select event_date as day, event_type, count(*) as events
from engagement_events
where user_id = cast(:member_id as uuid) and event_date between cast(:start as date) and cast(:end as date)
group by event_date, event_type
order by event_date, event_type
