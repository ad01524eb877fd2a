-- Remove the totals of days that are about to be computed again. Rows: those removed. Index: engagement_days_date.
delete from engagement_days
where score_date = any(cast(:days as date[]))
