-- A row a day's score that whoever asks may see, newest first, behind a place. Index: daily_engagement_scores_pkey.
select
    id, user_id, score_date, raw_score, final_score, momentum_state, definition, event_count, is_complete, calculated_at
from daily_engagement_scores
where cast(:at as date) is null or (score_date, id) < (cast(:at as date), cast(:id as uuid))
order by score_date desc, id desc
limit :most
