-- Forget which minutes were watched, and what was late in them. Rows: one a minute. Index: alert_passes_pkey.
delete from alert_passes
where minute < cast(:before as timestamptz)
