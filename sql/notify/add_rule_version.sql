-- Store a version of a rule. Rows: one inserted. Index: notification_rule_versions_pkey.
insert into notification_rule_versions (rule, version, body, digest, author_id, message)
values (:rule, :version, cast(:body as jsonb), :digest, :author_id, :message)
