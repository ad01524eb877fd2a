-- Do something to an alert as it was seen; a trigger applies it, or refuses. Rows: one inserted. Index: alerts_pkey.
insert into alert_acts (alert, kind, done_by, seen, until, is_actionable, note)
values (:alert, :kind, :done_by, :seen, :until, :is_actionable, :note)
