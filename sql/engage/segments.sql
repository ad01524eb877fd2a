-- One row a segment that has people on the newest complete day, with a coach's name where it is a coach's.
-- In order of segment. Index: engagement_days by date.
with newest as (
    select max(score_date) as score_date
    from engagement_days
    where score_date <= public.bee_complete_through('all')
)
select days.segment as key, staff.full_name as coach_name, cast(sum(days.members) as integer) as members
from newest
join engagement_days as days on days.score_date = newest.score_date
left join staff on days.segment = 'coach:' || cast(staff.id as text)
group by days.segment, staff.full_name
order by days.segment
