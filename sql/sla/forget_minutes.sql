-- Remove what requests came to in minutes before :before. Rows: one each. Index: service_minutes_pkey.
delete from service_minutes
where minute < :before
