-- A row an alert that is open, or ended since :since: the open ones first, pages before tickets, then the newest first.
-- :alert may be null for all, and :until for whenever they opened; it is before that. Indexes: alerts_open, alerts_history.
select
    alerts.id,
    alerts.rule,
    alerts.version,
    alerts.subject,
    alerts.severity,
    alerts.opened_at,
    alerts.fired_at,
    alerts.quiet_since,
    alerts.times,
    alerts.evidence,
    alerts.round,
    alerts.steps_told,
    alerts.acknowledged_by,
    seer.full_name as acknowledged_name,
    alerts.acknowledged_until,
    snoozer.full_name as snoozed_name,
    alerts.snoozed_until,
    alerts.is_actionable,
    closer.full_name as closed_name,
    alerts.closed_at,
    alerts.revision
from alerts
left join staff as seer on seer.id = alerts.acknowledged_by
left join staff as snoozer on snoozer.id = alerts.snoozed_by
left join staff as closer on closer.id = alerts.closed_by
where
    (
        cast(:alert as bigint) is null
        and (alerts.closed_at is null or alerts.closed_at >= cast(:since as timestamptz))
        and (cast(:until as timestamptz) is null or alerts.opened_at < cast(:until as timestamptz))
    )
    or alerts.id = cast(:alert as bigint)
order by alerts.closed_at is not null, alerts.severity <> 'page', alerts.opened_at desc, alerts.id desc
limit cast(:most as integer)
