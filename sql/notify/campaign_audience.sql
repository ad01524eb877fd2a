-- A row a member whom the saved campaign is for and about whom nothing is decided yet, by id. Index:
-- notification_campaign_people_pkey.
select user_id from notification_campaign_people where campaign = :campaign and decided_at is null order by user_id
