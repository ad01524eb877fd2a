-- Say that days lack the totals of segments that had none, such as one that enough members share only now.
-- Rows: days not said before. Indexes: engagement_days_pkey, daily_engagement_scores_pkey.
with new_segments as materialized (
    select segments.segment
    from (select distinct segment from member_segments) as segments
    where not exists (select from engagement_days where engagement_days.segment = segments.segment)
)

insert into stale_days (score_date)
select distinct scores.score_date
from member_segments as segments
inner join new_segments on new_segments.segment = segments.segment
inner join daily_engagement_scores as scores on scores.user_id = segments.user_id and scores.is_complete
order by scores.score_date
on conflict do nothing
