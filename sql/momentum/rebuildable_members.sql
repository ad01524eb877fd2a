-- A row a member with scores in a period, in order of id, to be computed again from the first of them on.
-- Index: daily_engagement_scores_pkey.
select
    members.id as user_id,
    scores.first_on as start_on,
    cast(null as bigint) as seq,
    members.time_zone,
    members.left_on
from members
inner join lateral (
    select min(score_date) as first_on
    from daily_engagement_scores
    where user_id = members.id and score_date between cast(:from_on as date) and cast(:to_on as date)
) as scores on scores.first_on is not null
where cast(:member_id as uuid) is null or members.id = cast(:member_id as uuid)
order by members.id
