-- Say what became of an alert. Rows: one. Index: alerts_pkey.
update alerts
set
    version = :version,
    severity = :severity,
    fired_at = :fired_at,
    quiet_since = :quiet_since,
    times = :times,
    evidence = cast(:evidence as jsonb),
    round = :round,
    round_at = :round_at,
    steps_told = :steps_told,
    steps_asked = :steps_asked,
    acknowledged_by = :acknowledged_by,
    acknowledged_until = :acknowledged_until,
    snoozed_by = :snoozed_by,
    snoozed_until = :snoozed_until,
    closed_by = :closed_by,
    closed_at = :closed_at,
    revision = :revision
where id = :id
