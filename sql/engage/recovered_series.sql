-- One row a day on which it is known what became of somebody who fell seven days before. In order of day.
-- Index: engagement_recoveries by segment and date.
select score_date, recovered, fell
from engagement_recoveries
where segment = cast(:segment as text) and score_date between cast(:start as date) and cast(:end as date)
order by score_date
