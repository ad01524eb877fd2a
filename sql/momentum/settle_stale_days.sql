-- Say that the totals of days are being put right. Rows: those removed. Index: stale_days_pkey.
delete from stale_days
where score_date = any(cast(:days as date[]))
