-- COPY: every complete score with the member's external id, by member and day.
-- Index: daily_engagement_scores_pkey.
copy (
    select
        members.external_id,
        scores.user_id,
        scores.score_date,
        scores.raw_score,
        scores.final_score,
        scores.momentum_state,
        scores.definition
    from daily_engagement_scores as scores
    inner join members on members.id = scores.user_id
    where scores.is_complete and not members.is_synthetic
    order by scores.user_id, scores.score_date
) to stdout (format csv)
