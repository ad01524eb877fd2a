-- At most one row: a member's day with its definition. Index: daily_engagement_scores_pkey.
select
    scores.score_date,
    scores.raw_score,
    scores.final_score,
    scores.momentum_state,
    scores.event_count,
    scores.is_complete,
    cast(score_definitions.spec as text) as spec
from daily_engagement_scores as scores
inner join score_definitions on score_definitions.name = scores.definition
where scores.user_id = :member_id and scores.score_date = :day
