-- Remove what could not be kept of minutes before :before. Rows: one each. Index: service_gaps_minute.
delete from service_gaps
where minute < :before
