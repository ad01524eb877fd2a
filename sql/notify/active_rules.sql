-- A row a rule in force, by name: its version and body. Indexes: notification_rule_activations_rule,
-- notification_rule_versions_pkey.
select versions.rule, versions.version, cast(versions.body as text) as body
from (
    select distinct on (rule) rule, version
    from notification_rule_activations
    order by rule, id desc
) as newest
inner join notification_rule_versions as versions
    on versions.rule = newest.rule and versions.version = newest.version
order by versions.rule
