-- A row a day of a member, oldest first: the :days up to today, where the member lives. Indexes: members_pkey,
-- daily_engagement_scores_pkey.
select
    scores.score_date as date,
    scores.final_score as score,
    scores.momentum_state as state,
    scores.raw_score,
    scores.event_count,
    scores.is_complete,
    scores.definition
from members
join daily_engagement_scores as scores on scores.user_id = members.id
where members.id = :user_id
    and scores.score_date > cast(cast(:now as timestamptz) at time zone members.time_zone as date) - cast(:days as integer)
    and scores.score_date <= cast(cast(:now as timestamptz) at time zone members.time_zone as date)
order by scores.score_date
