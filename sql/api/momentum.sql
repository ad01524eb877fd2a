-- At most one row: how whoever asks stands today, where they live; nulls while there is no score. Indexes: members_pkey,
-- daily_engagement_scores_pkey.
with today as (
    select id as user_id, cast(cast(:now as timestamptz) at time zone time_zone as date) as score_date
    from members
    where id = :user_id
)
select
    today.score_date as date,
    scores.final_score as score,
    scores.momentum_state as state,
    scores.final_score - week_ago.final_score as change,
    scores.raw_score,
    coalesce(scores.event_count, 0) as event_count,
    scores.definition,
    scores.calculated_at
from today
left join daily_engagement_scores as scores on scores.user_id = today.user_id and scores.score_date = today.score_date
left join daily_engagement_scores as week_ago
    on week_ago.user_id = today.user_id and week_ago.score_date = today.score_date - 7
