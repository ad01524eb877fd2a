-- At most one row: a member with something to score, since when, and what the row was that said so; none for somebody
-- without events, or whose scores stand. The last day stored may have been over only since.
-- Indexes: members_pkey, score_dues_pkey, daily_engagement_scores_pkey.
select members.id as user_id, least(due.from_date, scored.last_on) as start_on, due.seq, members.time_zone, members.left_on
from members
left join score_dues as due on due.user_id = members.id
left join lateral (
    select max(score_date) as last_on
    from daily_engagement_scores
    where user_id = members.id
) as scored on true
where members.id = :member_id
    and (
        due.user_id is not null
        or scored.last_on
            < least(cast(cast(:now as timestamptz) at time zone members.time_zone as date), members.left_on)
    )
