-- A row a member whose zone is not scored through its last complete day, in order of id: since when.
-- :zones and :targets are the zones and the last complete day of each. Indexes: score_frontiers_pkey,
-- daily_engagement_scores_pkey.
select
    members.id as user_id,
    score_frontiers.scored_through + 1 as start_on,
    cast(null as bigint) as seq,
    members.time_zone,
    members.left_on
from unnest(cast(:zones as text[]), cast(:targets as date[])) as zone (name, target)
inner join score_frontiers on score_frontiers.time_zone = zone.name and score_frontiers.scored_through < zone.target
inner join members on members.time_zone = zone.name
where
    (members.left_on is null or members.left_on > score_frontiers.scored_through)
    and exists (
        select
        from daily_engagement_scores
        where user_id = members.id and score_date = score_frontiers.scored_through
    )
    and not exists (select from score_dues where score_dues.user_id = members.id)
order by members.id
