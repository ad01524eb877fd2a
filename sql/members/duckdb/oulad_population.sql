-- DuckDB. One row an enrolment that has events: how many, and the first and last day, by number of the enrolment.
create table population as
select enrolment, count(*) as events, min(happened_on) as first_on, max(happened_on) as last_on
from happenings
group by enrolment
order by enrolment
