-- Write the incoming rows, over those that are there and were not scored since :read_at. Rows: those written. Index: daily_engagement_scores_pkey.
insert into daily_engagement_scores (
    user_id, score_date, raw_score, final_score, momentum_state, event_count, is_complete, definition
)
select user_id, score_date, raw_score, final_score, momentum_state, event_count, is_complete, definition
from incoming_scores
on conflict (user_id, score_date) do update
set
    raw_score = excluded.raw_score,
    final_score = excluded.final_score,
    momentum_state = excluded.momentum_state,
    event_count = excluded.event_count,
    is_complete = excluded.is_complete,
    definition = excluded.definition,
    calculated_at = now()
where daily_engagement_scores.calculated_at <= :read_at
