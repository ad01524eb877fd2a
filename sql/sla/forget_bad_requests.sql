-- Remove requests that spent a budget in minutes before :before. Rows: one each. Index: bad_requests_minute.
delete from bad_requests
where minute < :before
