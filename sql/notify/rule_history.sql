-- A row a thing that was done to a rule, newest first: a version that was added, approved, put in force, or none of them
-- any more. Who is nobody came with the program or was at the command line. Indexes: notification_rule_versions_pkey,
-- notification_rule_approvals_pkey, notification_rule_activations_rule.
with acts as (
    select
        versions.created_at as at,
        1 as step,
        'added' as act,
        versions.version,
        versions.author_id as who_id,
        versions.message as words
    from notification_rule_versions as versions
    where versions.rule = :rule
    union all
    select approvals.approved_at, 2, 'approved', approvals.version, approvals.approved_by, null
    from notification_rule_approvals as approvals
    where approvals.rule = :rule
    union all
    select
        activations.activated_at,
        3,
        case when activations.version is null then 'deactivated' else 'activated' end,
        activations.version,
        activations.activated_by,
        activations.reason
    from notification_rule_activations as activations
    where activations.rule = :rule
)

select acts.at, acts.act, acts.version, acts.who_id, staff.full_name as who_name, acts.words
from acts
left join staff on staff.id = acts.who_id
order by acts.at desc, acts.step desc, acts.version desc
