-- A row an alert that is open, or ended since :ended_since and may be reopened, by number; locked until the transaction ends.
-- Indexes: alerts_open, alerts_history.
select
    id, rule, version, subject, severity, opened_at, fired_at, quiet_since, times, evidence, round, round_at, steps_told,
    steps_asked, acknowledged_by, acknowledged_until, snoozed_by, snoozed_until, is_actionable, closed_by, closed_at,
    revision
from alerts
where closed_at is null or closed_at >= cast(:ended_since as timestamptz)
order by id
for update
