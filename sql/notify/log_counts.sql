-- A row a rule, type of message, state and reason, in that order: how many decisions since :since have it, and how many
-- of them got how far. Members who are made up are counted apart too. Index: momentum_notifications_time.
select
    decided.rule,
    decided.notification_type,
    told.state,
    told.reason,
    count(*) as decided,
    count(*) filter (where members.is_demo) as demo,
    count(decided.sent_at) as sent,
    count(*) filter (where deliveries.outcome = 'accepted') as accepted,
    count(receipts.received_at) as opened
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
    and (cast(:member_id as uuid) is null or decided.user_id = cast(:member_id as uuid))
    and (
        cast(:segment as text) = 'all'
        or decided.user_id in (select public.bee_members_in(cast(:segment as text)))
    )
group by decided.rule, decided.notification_type, told.state, told.reason
order by decided.rule, decided.notification_type, told.state, told.reason
