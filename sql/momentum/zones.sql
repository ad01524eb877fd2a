-- A row a zone that members live in, by name. Index: none; a scan of members.
select members.time_zone, score_frontiers.scored_through
from members
left join score_frontiers on score_frontiers.time_zone = members.time_zone
group by members.time_zone, score_frontiers.scored_through
order by members.time_zone
