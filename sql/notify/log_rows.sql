-- A row a decision since :since that fulfils what is asked, newest first, without its text; `before_id` is the decision
-- below which to go on. Index: momentum_notifications_time, for one member momentum_notifications_member.
select
    decided.id,
    decided.user_id,
    members.number,
    members.is_demo,
    decided.decided_at,
    decided.rule,
    decided.rule_version,
    decided.notification_type,
    decided.trigger_date,
    told.state,
    told.reason,
    decided.reason as decided_because,
    decided.guards,
    decided.draw,
    decided.probability,
    decided.definition,
    decided.final_score,
    decided.momentum_state,
    decided.variant,
    decided.not_before,
    decided.expires_at,
    deliveries.finished_at,
    decided.sent_at,
    receipts.received_at as opened_at
from momentum_notifications as decided
join members on members.id = decided.user_id and not members.is_synthetic
left join notification_deliveries as deliveries on deliveries.notification_id = decided.id
left join notification_receipts as receipts on receipts.notification_id = decided.id and receipts.kind = 'opened'
cross join lateral (
    select
        public.bee_notification_state(decided.decision, decided.sent_at, deliveries.outcome) as state,
        coalesce(deliveries.reason, decided.reason) as reason
) as told
where decided.decided_at >= cast(:since as timestamptz)
    and (
        cast(:before_id as uuid) is null
        or (decided.decided_at, decided.id) < (
            select last_shown.decided_at, last_shown.id
            from momentum_notifications as last_shown
            where last_shown.id = cast(:before_id as uuid)
        )
    )
    and (cast(:member_id as uuid) is null or decided.user_id = cast(:member_id as uuid))
    and (cast(:rule as text) is null or decided.rule = cast(:rule as text))
    and (cast(:notification_type as text) is null or decided.notification_type = cast(:notification_type as text))
    and (cast(:state as text) is null or told.state = cast(:state as text))
    and (cast(:reason as text) is null or told.reason = cast(:reason as text))
    and (
        cast(:segment as text) = 'all'
        or decided.user_id in (select public.bee_members_in(cast(:segment as text)))
    )
order by decided.decided_at desc, decided.id desc
limit cast(:most as integer)
