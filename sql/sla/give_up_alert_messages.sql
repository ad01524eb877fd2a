-- Take what could not be handed over by a way for too long out of the outbox, and say so. Rows: one a message.
-- Indexes: outbox_waiting, alert_messages_key.
with given_up as (
    delete from outbox
    where topic = :topic and delivered_at is null and created_at < cast(:before as timestamptz)
    returning dedupe_key
)

update alert_messages
set given_up_at = cast(:now as timestamptz)
from given_up
where alert_messages.dedupe_key = given_up.dedupe_key
