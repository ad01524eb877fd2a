-- A row a campaign of the list that somebody stopped, as the ledger calls it. Index: notification_campaign_ended_once.
select campaigns.rule
from notification_campaigns as campaigns
inner join notification_campaign_acts as ended on ended.campaign = campaigns.number and ended.kind = 'stopped'
where campaigns.rule = any(cast(:rules as text[]))
