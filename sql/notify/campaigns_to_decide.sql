-- A row a campaign that began and of whose people some are undecided, oldest first: what it says, whether somebody
-- stopped it, and about how many it was decided since :since. Indexes: notification_campaign_started_once,
-- notification_campaign_people_next.
select
    started.campaign,
    campaigns.rule,
    started.version,
    versions.body,
    versions.audience_hash,
    versions.digest,
    started.done_at as started_at,
    exists (
        select
        from notification_campaign_acts as ended
        where ended.campaign = started.campaign and ended.kind = 'stopped'
    ) as is_stopped,
    (
        select count(*)
        from notification_campaign_people as lately
        where lately.campaign = started.campaign and lately.decided_at > cast(:since as timestamptz)
    ) as decided_lately
from notification_campaign_acts as started
inner join notification_campaigns as campaigns on campaigns.number = started.campaign
inner join notification_campaign_versions as versions
    on versions.campaign = started.campaign and versions.version = started.version
where
    started.kind = 'started'
    and not exists (
        select
        from notification_campaign_acts as ended
        where ended.campaign = started.campaign and ended.kind = 'finished'
    )
    and (
        exists (
            select
            from notification_campaign_people as people
            where people.campaign = started.campaign and people.decided_at is null
        )
        or not exists (
            select
            from notification_campaign_acts as ended
            where ended.campaign = started.campaign and ended.kind = 'stopped'
        )
    )
order by started.campaign
