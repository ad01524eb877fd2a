-- Forget which requests were refused before a moment. Rows: those removed. Index: request_refusals_pkey.
delete from request_refusals
where hour < :before
