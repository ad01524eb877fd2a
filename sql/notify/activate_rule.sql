-- Let a version of a rule be in force from now on, or without a version none of it. Rows: one inserted.
insert into notification_rule_activations (rule, version, activated_by, reason)
values (:rule, :version, :activated_by, :reason)
