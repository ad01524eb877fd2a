-- Compute the totals of days: a row a day, segment and state. Index: daily_engagement_scores_day.
insert into engagement_days (score_date, segment, momentum_state, members, final_sum, raw_sum)
select
    scores.score_date,
    segments.segment,
    scores.momentum_state,
    count(*),
    sum(scores.final_score),
    sum(scores.raw_score)
from daily_engagement_scores as scores
inner join member_segments as segments on segments.user_id = scores.user_id
where scores.score_date = any(cast(:days as date[])) and scores.is_complete
group by scores.score_date, segments.segment, scores.momentum_state
