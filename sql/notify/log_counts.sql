-- A row a rule, type of message, state and reason, in that order: how many decisions since :since have it, and how many
-- of them got how far. Members who are made up are counted apart too. Those that are stored alike are counted first: of
-- how few these are the planner knows, and sorts nothing. Index: momentum_notifications_time.
with alike as (
    select
        decided.rule,
        decided.notification_type,
        decided.decision,
        decided.reason,
        deliveries.outcome,
        deliveries.reason as delivery_reason,
        max(decided.sent_at) as sent_at,
        count(*) as decided,
        count(*) filter (where members.is_demo) as demo,
        count(decided.sent_at) as sent,
        count(receipts.received_at) as opened
    from momentum_notifications as decided
    join members on members.id = decided.user_id and not members.is_synthetic
    left join notification_deliveries as deliveries on deliveries.notification_id = decided.id
    left join notification_receipts as receipts
        on receipts.notification_id = decided.id
        and receipts.kind = 'opened'
    where decided.decided_at >= cast(:since as timestamptz)
        and (cast(:member_id as uuid) is null or decided.user_id = cast(:member_id as uuid))
        and (
            cast(:segment as text) = 'all'
            or decided.user_id in (select public.bee_members_in(cast(:segment as text)))
        )
    group by
        decided.rule,
        decided.notification_type,
        decided.decision,
        decided.reason,
        decided.sent_at is null,
        deliveries.outcome,
        deliveries.reason
)

select
    alike.rule,
    alike.notification_type,
    told.state,
    told.reason,
    cast(sum(alike.decided) as bigint) as decided,
    cast(sum(alike.demo) as bigint) as demo,
    cast(sum(alike.sent) as bigint) as sent,
    cast(coalesce(sum(alike.decided) filter (where alike.outcome = 'accepted'), 0) as bigint) as accepted,
    cast(sum(alike.opened) as bigint) as opened
from alike
cross join lateral (
    select
        public.bee_notification_state(alike.decision, alike.sent_at, alike.outcome) as state,
        coalesce(alike.delivery_reason, alike.reason) as reason
) as told
group by alike.rule, alike.notification_type, told.state, told.reason
order by alike.rule, alike.notification_type, told.state, told.reason
