-- Store a version of a rule, which holds from now on. Rows: one inserted. Index: alert_rule_versions_pkey.
insert into alert_rule_versions (rule, version, is_on, body, digest, tested, author_id, message)
values (:rule, :version, :is_on, :body, :digest, cast(:tested as jsonb), :author_id, :message)
