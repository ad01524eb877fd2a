-- Keep what became of a test. Index: notification_campaign_tests_pkey.
update notification_campaign_tests set outcome = :outcome, error = :error where id = :id
