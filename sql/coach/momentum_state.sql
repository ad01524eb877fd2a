-- At most one row: the state of a member's newest complete day, or of today while there is no complete one.
-- Index: daily_engagement_scores_pkey.
select momentum_state
from daily_engagement_scores
where user_id = cast(:user_id as uuid)
order by is_complete desc, score_date desc
limit 1
