-- Remove whether the house was up in minutes before :before. Rows: one each. Index: uptime_minutes_pkey.
delete from uptime_minutes
where minute < :before
