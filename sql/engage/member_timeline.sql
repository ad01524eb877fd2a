-- One row a scored day of a member, today's incomplete one included. In order of day.
-- Index: daily_engagement_scores by member and date.
select score_date, raw_score, final_score, momentum_state, event_count, is_complete, definition
from daily_engagement_scores
where user_id = cast(:member_id as uuid) and score_date between cast(:start as date) and cast(:end as date)
order by score_date
