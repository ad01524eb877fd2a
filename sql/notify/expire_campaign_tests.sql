-- Give up tests that nobody posted within an hour; their addresses are forgotten. Index:
-- notification_campaign_tests_due.
update notification_campaign_tests
set posted_at = :now, address = null, outcome = 'too_late'
where posted_at is null and asked_at <= cast(:now as timestamptz) - interval '1 hour'
