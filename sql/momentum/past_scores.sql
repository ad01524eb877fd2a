-- A row a day before :day that still weighs, newest first. Index: daily_engagement_scores_pkey.
select cast(:day as date) - score_date as days_back, final_score, momentum_state
from daily_engagement_scores
where
    user_id = :member_id
    and score_date between cast(:day as date) - cast(:reach as integer) and cast(:day as date) - 1
order by score_date desc
