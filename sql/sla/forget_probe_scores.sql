-- Forget the scores of synthetic members of days before a moment. Rows: those removed. Index: daily_engagement_scores_pkey.
delete from daily_engagement_scores
where
    user_id in (select id from members where is_synthetic)
    and score_date < cast(cast(:before as timestamptz) at time zone 'UTC' as date)
