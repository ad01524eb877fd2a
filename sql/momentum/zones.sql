-- A row a zone that members live in, by name: through which day it is scored, and the last day that is over there at
-- :now. A day that was over stays over, even for a clock that is behind. Index: none; a scan of members.
select
    zones.time_zone,
    frontier.scored_through,
    greatest(
        cast(cast(:now as timestamptz) at time zone zones.time_zone as date) - 1, frontier.scored_through
    ) as complete_through
from (select distinct members.time_zone from members) as zones
left join score_frontiers as frontier on frontier.time_zone = zones.time_zone
order by zones.time_zone
