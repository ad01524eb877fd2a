-- A row a switch, everything's first, then those of the rules by name: whether it is thrown, since when, by whom, why, and
-- how many notifications wait behind it. Who is nobody was at the command line. Indexes: notification_stops_rule,
-- notification_rule_activations_rule, notification_deliveries_due.
with switches as (
    select cast(null as text) as rule, true as is_active
    union all
    select
        known.rule,
        coalesce(
            (
                select activations.version is not null
                from notification_rule_activations as activations
                where activations.rule = known.rule
                order by activations.id desc
                limit 1
            ),
            false
        )
    from (
        select distinct rule
        from notification_rule_versions
        where body ->> 'kind' = 'rule'
    ) as known
),
waiting as (
    select decided.rule, count(*) as deliveries
    from notification_deliveries as deliveries
    join momentum_notifications as decided on decided.id = deliveries.notification_id
    where deliveries.finished_at is null
    group by decided.rule
)
select
    switches.rule,
    switches.is_active,
    coalesce(newest.is_stopped, false) as is_stopped,
    newest.changed_at,
    newest.reason,
    newest.changed_by,
    staff.full_name as changed_by_name,
    cast(
        coalesce(
            case
                when switches.rule is null then (select sum(waiting.deliveries) from waiting)
                else (select waiting.deliveries from waiting where waiting.rule = switches.rule)
            end,
            0
        ) as bigint
    ) as waiting
from switches
left join lateral (
    select stops.is_stopped, stops.changed_at, stops.changed_by, stops.reason
    from notification_stops as stops
    where stops.rule is not distinct from switches.rule
    order by stops.id desc
    limit 1
) as newest on true
left join staff on staff.id = newest.changed_by
order by switches.rule nulls first
