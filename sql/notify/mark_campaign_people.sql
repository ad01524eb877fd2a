-- Say that it was decided about these people of a campaign. Index: notification_campaign_people_pkey.
update notification_campaign_people
set decided_at = :now
where campaign = :campaign and user_id = any(cast(:members as uuid[]))
