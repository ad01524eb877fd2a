-- One row a category and status: how many events, and since when the first waits. In order of category. Index: none needed.
select category, status, count(*) as events, min(created_at) as first_at
from safety_events
where created_at >= cast(:since as timestamptz)
group by category, status
order by category, status
