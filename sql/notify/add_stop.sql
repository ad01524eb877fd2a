-- Throw the kill switch, or put it back: of a rule, or of everything. Rows: one inserted.
insert into notification_stops (rule, is_stopped, changed_by, reason)
values (:rule, :is_stopped, :changed_by, :reason)
