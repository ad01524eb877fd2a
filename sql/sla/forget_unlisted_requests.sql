-- Remove how many bad requests were not kept of minutes before :before. Rows: one a minute, objective, route, release, prompt
-- and model. Index: unlisted_requests_pkey.
delete from unlisted_requests
where minute < :before
