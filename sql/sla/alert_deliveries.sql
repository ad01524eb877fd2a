-- A row a message of an alert, newest first: for whom, and how it fared. Indexes: alert_messages_pkey, outbox_dedupe_key_key.
select
    messages.round,
    messages.step,
    messages.channel,
    coalesce(person.full_name, messages.receiver) as receiver,
    messages.queued_at,
    messages.given_up_at,
    outbox.delivered_at,
    coalesce(outbox.attempts, 0) as attempts,
    outbox.last_error
from alert_messages as messages
left join outbox on outbox.dedupe_key = messages.dedupe_key
left join staff as person on cast(person.id as text) = messages.receiver
where messages.alert = :alert
order by messages.queued_at desc, messages.step desc, messages.channel, receiver
