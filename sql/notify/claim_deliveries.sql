-- A row a delivery that this worker now has, due longest first: those that nobody has, or whose worker fell silent.
-- Whatever the kill switch holds stays where it is. Indexes: notification_deliveries_due,
-- notification_rule_versions_pkey, notification_campaigns_rule_key, engagement_events_pkey.
with due as (
    select deliveries.notification_id
    from notification_deliveries as deliveries
    inner join momentum_notifications as decided on decided.id = deliveries.notification_id
    where
        deliveries.finished_at is null
        and deliveries.available_at <= :now
        and (
            deliveries.claimed_at is null
            or deliveries.claimed_at < cast(:now as timestamptz) - make_interval(secs => :lease_s)
        )
        and decided.rule <> all(cast(:stopped as text[]))
    order by deliveries.available_at, deliveries.notification_id
    limit :most
    for update of deliveries skip locked
),

claimed as (
    update notification_deliveries as deliveries
    set claimed_by = :worker, claimed_at = :now, tries = deliveries.tries + 1
    from due
    where deliveries.notification_id = due.notification_id
    returning deliveries.notification_id, deliveries.available_at, deliveries.tries
)

select
    decided.id as notification_id,
    decided.user_id,
    decided.notification_type,
    decided.rule,
    decided.rule_version,
    decided.priority,
    coalesce(decided.title, '') as title,
    coalesce(decided.message, '') as message,
    decided.action,
    coalesce(decided.expires_at, decided.decided_at + interval '24 hours') as expires_at,
    decided.silent_since is not null and exists (
        select
        from engagement_events as events
        where events.user_id = decided.user_id and events.occurred_at > decided.silent_since
    ) as is_broken_silence,
    members.is_demo,
    coalesce(cast(versions.body as text), composed.body) as body,
    claimed.tries
from claimed
inner join momentum_notifications as decided on decided.id = claimed.notification_id
inner join members on members.id = decided.user_id
left join notification_rule_versions as versions
    on versions.rule = decided.rule and versions.version = decided.rule_version
left join notification_campaigns as campaigns on campaigns.rule = decided.rule
left join notification_campaign_versions as composed
    on composed.campaign = campaigns.number and composed.version = decided.rule_version
order by claimed.available_at, decided.id
