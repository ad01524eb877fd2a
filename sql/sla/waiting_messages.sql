-- A row a topic with messages that are due to leave the house, pushes among them, the longest due first: how many, since when,
-- how often the one that was tried most. Indexes: outbox_waiting, notification_deliveries_due.
with due as (
    select topic, available_at, attempts
    from outbox
    where delivered_at is null and available_at <= cast(:now as timestamptz)
    union all
    select 'push', available_at, tries
    from notification_deliveries
    where finished_at is null and available_at <= cast(:now as timestamptz)
)

select topic, count(*) as waiting, min(available_at) as due_since, max(attempts) as most_attempts
from due
group by topic
order by due_since, topic
