-- A row a version of a rule, by rule, newest version first: who wrote it, who approved it, whether it is in force and
-- whether the kill switch holds it. Indexes: notification_rule_versions_pkey, notification_rule_activations_rule,
-- notification_stops_rule.
select
    versions.rule,
    versions.version,
    cast(versions.body as text) as body,
    versions.digest,
    versions.author_id,
    versions.message,
    versions.created_at,
    array(
        select approvals.approved_by
        from notification_rule_approvals as approvals
        where approvals.rule = versions.rule and approvals.version = versions.version
        order by approvals.approved_at, approvals.approved_by
    ) as approved_by,
    coalesce(newest.version = versions.version, false) as is_active
from notification_rule_versions as versions
left join lateral (
    select activations.version
    from notification_rule_activations as activations
    where activations.rule = versions.rule
    order by activations.id desc
    limit 1
) as newest on true
where cast(:rule as text) is null or versions.rule = cast(:rule as text)
order by versions.rule, versions.version desc
