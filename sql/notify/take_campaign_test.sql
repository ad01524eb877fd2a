-- Take a test to post it, once: its address is forgotten. Index: notification_campaign_tests_pkey.
update notification_campaign_tests
set posted_at = :now, address = null, via = :via, outcome = 'unknown'
where id = :id and posted_at is null
