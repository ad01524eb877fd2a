-- A row an alert that is open, those that wake somebody first, then the oldest: what fired and why, and who holds it.
-- Index: alerts_open.
select
    alerts.id,
    alerts.rule,
    alerts.subject,
    alerts.severity,
    alerts.opened_at,
    alerts.evidence,
    acknowledged.full_name as acknowledged_by_name,
    alerts.acknowledged_until,
    alerts.snoozed_until
from alerts
left join staff as acknowledged on acknowledged.id = alerts.acknowledged_by
where alerts.closed_at is null
order by alerts.severity = 'page' desc, alerts.opened_at, alerts.id
