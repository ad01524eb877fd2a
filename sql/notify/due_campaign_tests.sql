-- A row a test that was asked for and not posted, oldest first. Index: notification_campaign_tests_due.
select tests.id, tests.campaign, tests.version, versions.body, tests.variant, tests.platform, tests.address
from notification_campaign_tests as tests
inner join notification_campaign_versions as versions
    on versions.campaign = tests.campaign and versions.version = tests.version
where tests.posted_at is null
order by tests.asked_at
limit 20
