-- Remove the counts of members who have not asked for an hour. Rows: those removed. Index: none; a scan.
delete from member_requests
where accepted[1] < now() - interval '1 hour'
