-- A row a way out that was used in the last 30 days before :now, by name: what waits and since when it fails, and when
-- something was taken last. Index: none; of alerts there are few messages.
select
    messages.channel,
    count(*) filter (where outbox.delivered_at is null and outbox.id is not null) as waiting,
    min(outbox.created_at) filter (where outbox.delivered_at is null and outbox.attempts > 0) as failing_since,
    max(outbox.last_error) filter (where outbox.delivered_at is null and outbox.attempts > 0) as last_error,
    min(outbox.available_at) filter (where outbox.delivered_at is null) as next_try_at,
    max(outbox.delivered_at) as delivered_at,
    count(messages.given_up_at) as given_up
from alert_messages as messages
left join outbox on outbox.dedupe_key = messages.dedupe_key
where messages.queued_at >= cast(:now as timestamptz) - interval '30 days'
group by messages.channel
order by messages.channel
