-- Write down what the worker saw of an alert. Rows: one inserted. Index: alert_acts_pkey.
insert into alert_acts (alert, kind, done_at, note)
values (:alert, :kind, :done_at, :note)
