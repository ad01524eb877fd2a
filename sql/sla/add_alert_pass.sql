-- Say that a minute was watched. Rows: one inserted. Index: alert_passes_pkey.
insert into alert_passes (minute, worker, rules, firing)
values (:minute, :worker, :rules, :firing)
