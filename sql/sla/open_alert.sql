-- Open an alert. One row: its number. Indexes: alerts_pkey, alerts_open.
insert into alerts (rule, version, subject, severity, opened_at, fired_at, evidence, round_at)
values (:rule, :version, :subject, :severity, :opened_at, :fired_at, cast(:evidence as jsonb), :round_at)
returning id
