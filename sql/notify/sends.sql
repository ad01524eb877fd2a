-- A row a notification that was, may have been or is to be sent to members of the list since :since, by member and
-- time; what was held back after all, failed or expired is none. :only_gone leaves out what is yet to be sent,
-- :but_rule what that rule sent.
-- Index: momentum_notifications_member.
select
    decided.user_id,
    decided.notification_type,
    coalesce(decided.sent_at, deliveries.finished_at, decided.not_before, decided.decided_at) as at
from momentum_notifications as decided
left join notification_deliveries as deliveries on deliveries.notification_id = decided.id
where
    decided.user_id = any(cast(:members as uuid[]))
    and decided.decided_at >= cast(:since as timestamptz)
    and decided.decision = 'send'
    and coalesce(deliveries.outcome, '') not in ('withheld', 'failed', 'expired')
    and (not :only_gone or decided.sent_at is not null or deliveries.finished_at is not null)
    and decided.rule <> :but_rule
    and decided.id <> all(cast(:but as uuid[]))
order by decided.user_id, at
