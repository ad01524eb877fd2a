-- A row a rule, by name: how many of the notifications that were decided since :since went out, and how many were
-- recorded instead. Index: momentum_notifications_time.
select
    decided.rule,
    count(decided.sent_at) as sent,
    count(*) filter (where deliveries.outcome = 'recorded') as recorded
from momentum_notifications as decided
join members on members.id = decided.user_id and not members.is_synthetic
left join notification_deliveries as deliveries on deliveries.notification_id = decided.id
where decided.decided_at >= cast(:since as timestamptz) and decided.decision = 'send'
group by decided.rule
order by decided.rule
