-- A row an incident on the calendar from a day on, newest first: what it is called, and nothing else of it. Index:
-- annotations_date.
select on_date, title
from annotations
where kind = 'incident' and on_date >= :since
order by on_date desc, id desc
