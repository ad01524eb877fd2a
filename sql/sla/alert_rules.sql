-- A row a rule, by name: its newest version, which holds. Index: alert_rule_versions_pkey.
select distinct on (versions.rule)
    versions.rule,
    versions.version,
    versions.is_on,
    versions.body,
    versions.digest,
    versions.tested,
    versions.author_id,
    author.full_name as author_name,
    versions.message,
    versions.created_at
from alert_rule_versions as versions
left join staff as author on author.id = versions.author_id
order by versions.rule, versions.version desc
