-- A row a reason for which people of a campaign did not get it, or did, most frequent first. Index:
-- momentum_notifications_moment_key.
select
    notifications.decision = 'send' and coalesce(deliveries.outcome, '') not in ('withheld', 'failed', 'expired') as is_send,
    coalesce(deliveries.reason, notifications.reason) as reason,
    count(*) as people
from momentum_notifications as notifications
left join notification_deliveries as deliveries on deliveries.notification_id = notifications.id
where notifications.rule = :rule
group by 1, 2
order by people desc, reason
