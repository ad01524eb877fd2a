-- At most one row: a day's score as whoever asks may see it. Index: daily_engagement_scores_pkey.
select to_jsonb(found) as record
from (
    select
        id, user_id, score_date, raw_score, final_score, momentum_state, definition, event_count, is_complete,
        calculated_at
    from daily_engagement_scores
    where user_id = cast(:user_id as uuid) and score_date = cast(:score_date as date)
) as found
