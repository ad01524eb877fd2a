-- Approve a version as it was read. Rows: one inserted.
insert into notification_rule_approvals (rule, version, digest, approved_by)
values (:rule, :version, :digest, :approved_by)
