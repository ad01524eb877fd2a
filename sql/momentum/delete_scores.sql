-- Remove days that a member has no more: before the first event, or after the end. Rows: those removed.
-- Index: daily_engagement_scores_pkey.
delete from daily_engagement_scores
using unnest(cast(:members as uuid[]), cast(:days as date[])) as gone (user_id, score_date)
where daily_engagement_scores.user_id = gone.user_id and daily_engagement_scores.score_date = gone.score_date
