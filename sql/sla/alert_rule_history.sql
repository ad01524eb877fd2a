-- A row a version of a rule, newest first. Index: alert_rule_versions_pkey.
select
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
where versions.rule = :rule
order by versions.version desc
