-- A row a test of a campaign, newest first, and what became of it; never the address. Index:
-- notification_campaign_tests_campaign.
select
    tests.asked_at,
    tests.version,
    tests.variant,
    tests.platform,
    staff.full_name as who_name,
    tests.posted_at,
    tests.via,
    tests.outcome,
    tests.error
from notification_campaign_tests as tests
left join staff on staff.id = tests.asked_by
where tests.campaign = :campaign
order by tests.asked_at desc
limit 20
