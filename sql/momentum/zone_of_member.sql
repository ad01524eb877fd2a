-- At most one row: a member's zone, through which day it is scored, and the last day that is over there at :now.
-- Indexes: members_pkey, score_frontiers_pkey.
select
    members.time_zone,
    frontier.scored_through,
    greatest(
        cast(cast(:now as timestamptz) at time zone members.time_zone as date) - 1, frontier.scored_through
    ) as complete_through
from members
left join score_frontiers as frontier on frontier.time_zone = members.time_zone
where members.id = :member_id
