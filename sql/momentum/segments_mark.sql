-- One row: the sum of the marks, as in copy_segments, of every member who has scores.
-- Index: daily_engagement_scores_pkey.
select coalesce(sum(hashtextextended(cast(segments.user_id as text) || segments.segment, 0)), 0)
from member_segments as segments
where exists (select from daily_engagement_scores as scores where scores.user_id = segments.user_id)
