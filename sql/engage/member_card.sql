-- One row: a member without anything personal, with the newest complete day's score. Index: members by id.
select
    members.id,
    members.number,
    members.time_zone,
    members.joined_on,
    members.left_on,
    staff.full_name as coach_name,
    members.attributes,
    members.is_demo,
    newest.score_date as through,
    newest.momentum_state,
    newest.final_score
from members
left join staff on staff.id = members.coach_id
left join lateral (
    select score_date, momentum_state, final_score
    from daily_engagement_scores
    where user_id = members.id and is_complete
    order by score_date desc
    limit 1
) as newest on true
where members.id = cast(:member_id as uuid)
