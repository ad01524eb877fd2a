-- Remove what objectives came to in minutes before :before. Rows: one each. Index: objective_minutes_pkey.
delete from objective_minutes
where minute < :before
