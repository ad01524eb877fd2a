-- A row a member with a day that was not over when it was scored and is by now, in order of id: since when.
-- :zones and :targets are the zones and the last complete day of each. Index: daily_engagement_scores_open.
select
    members.id as user_id,
    min(scores.score_date) as start_on,
    cast(null as bigint) as seq,
    members.time_zone,
    members.left_on
from unnest(cast(:zones as text[]), cast(:targets as date[])) as zone (name, target)
inner join members on members.time_zone = zone.name
inner join daily_engagement_scores as scores
    on scores.user_id = members.id and not scores.is_complete and scores.score_date <= zone.target
where
    not exists (select from score_dues where score_dues.user_id = members.id)
    and (cast(:member_id as uuid) is null or members.id = cast(:member_id as uuid))
group by members.id, members.time_zone, members.left_on
order by members.id
