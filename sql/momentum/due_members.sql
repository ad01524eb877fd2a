-- A row a member to be scored again, in order of id: since when, and what the row was that said so.
-- The last day stored may have been over only since. Indexes: score_dues_pkey, daily_engagement_scores_pkey.
select
    due.user_id,
    least(due.from_date, scored.last_on) as start_on,
    due.seq,
    members.time_zone,
    members.left_on
from score_dues as due
inner join members on members.id = due.user_id
left join lateral (
    select max(score_date) as last_on
    from daily_engagement_scores
    where user_id = due.user_id
) as scored on true
where cast(:member_id as uuid) is null or due.user_id = cast(:member_id as uuid)
order by due.user_id
