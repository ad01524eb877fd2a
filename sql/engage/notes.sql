-- One row a note on the calendar. In order of day. Index: annotations by date.
select on_date, title, body, kind
from annotations
where on_date between cast(:start as date) and cast(:end as date)
order by on_date, id
