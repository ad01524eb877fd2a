-- At most one row: one day of a member. Index: daily_engagement_scores_pkey.
select
    score_date as date,
    final_score as score,
    momentum_state as state,
    raw_score,
    event_count,
    is_complete,
    definition
from daily_engagement_scores
where user_id = :user_id and score_date = :day
