-- Let people of a campaign wait, each until their time. Index: notification_campaign_people_pkey.
update notification_campaign_people as people
set available_at = waiting.until
from unnest(cast(:members as uuid[]), cast(:until as timestamptz[])) as waiting (user_id, until)
where people.campaign = :campaign and people.user_id = waiting.user_id
