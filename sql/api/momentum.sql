-- At most one row: how whoever asks stands today, where they live; nulls while there is no score. Settled is who has nothing to
-- score: no event that waits, no day that has begun since the last one stored, as in momentum/member_to_score.
-- Indexes: members_pkey, daily_engagement_scores_pkey, score_dues_pkey.
with today as (
    select
        id as user_id,
        cast(cast(:now as timestamptz) at time zone time_zone as date) as score_date,
        left_on
    from members
    where id = :user_id
)
select
    today.score_date as date,
    scores.final_score as score,
    scores.momentum_state as state,
    scores.final_score - week_ago.final_score as change,
    scores.raw_score,
    coalesce(scores.event_count, 0) as event_count,
    scores.definition,
    scores.calculated_at,
    not exists (select from score_dues where score_dues.user_id = today.user_id)
    and (
        scores.user_id is not null
        or coalesce(
            (
                select max(stored.score_date)
                from daily_engagement_scores as stored
                where stored.user_id = today.user_id
            ) >= least(today.score_date, today.left_on),
            true
        )
    ) as is_settled
from today
left join daily_engagement_scores as scores on scores.user_id = today.user_id and scores.score_date = today.score_date
left join daily_engagement_scores as week_ago
    on week_ago.user_id = today.user_id and week_ago.score_date = today.score_date - 7
