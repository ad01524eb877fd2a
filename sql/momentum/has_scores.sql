-- One row: whether anybody was ever scored.
select exists (select from daily_engagement_scores)
