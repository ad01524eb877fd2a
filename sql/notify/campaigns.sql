-- A row a campaign, or the one, newest first, as its newest version says it: where it stands, and what became of the
-- people so far. Indexes: notification_campaign_versions_pkey, notification_campaign_acts_campaign,
-- momentum_notifications_moment_key.
select
    campaigns.number,
    campaigns.rule,
    newest.version,
    newest.body,
    newest.people,
    newest.digest,
    newest.author_id,
    author.full_name as author_name,
    newest.created_at,
    coalesce(ended.kind, started.kind, decided.kind, asked.kind, 'draft') as step,
    started.done_at as started_at,
    coalesce(ledger.decided, 0) as decided,
    coalesce(ledger.to_send, 0) as to_send,
    coalesce(ledger.waiting, 0) as waiting,
    coalesce(ledger.sent, 0) as sent,
    coalesce(ledger.recorded, 0) as recorded
from notification_campaigns as campaigns
cross join lateral (
    select versions.*
    from notification_campaign_versions as versions
    where versions.campaign = campaigns.number
    order by versions.version desc
    limit 1
) as newest
left join staff as author on author.id = newest.author_id
left join notification_campaign_acts as asked
    on asked.campaign = campaigns.number and asked.version = newest.version and asked.kind = 'asked'
left join notification_campaign_acts as decided
    on decided.campaign = campaigns.number and decided.version = newest.version
    and decided.kind in ('approved', 'refused')
left join notification_campaign_acts as started
    on started.campaign = campaigns.number and started.kind = 'started'
left join notification_campaign_acts as ended
    on ended.campaign = campaigns.number and ended.kind in ('stopped', 'finished')
left join lateral (
    select
        count(*) as decided,
        count(*) filter (where notifications.decision = 'send') as to_send,
        count(*) filter (where deliveries.notification_id is not null and deliveries.finished_at is null) as waiting,
        count(notifications.sent_at) as sent,
        count(*) filter (where deliveries.outcome = 'recorded') as recorded
    from momentum_notifications as notifications
    left join notification_deliveries as deliveries on deliveries.notification_id = notifications.id
    where notifications.rule = campaigns.rule
) as ledger on started.id is not null
where cast(:campaign as bigint) is null or campaigns.number = :campaign
order by campaigns.number desc
