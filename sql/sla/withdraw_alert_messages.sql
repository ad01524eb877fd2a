-- Give up what still waits to be handed over by a way where its receiver has been told, or will be, that it is over: whoever
-- listens would take what comes last for what holds. Rows: one a message. Indexes: outbox_waiting, alert_messages_key,
-- alert_messages_pkey.
with withdrawn as (
    delete from outbox
    using alert_messages as messages
    where
        outbox.topic = :topic
        and outbox.delivered_at is null
        and messages.dedupe_key = outbox.dedupe_key
        and messages.step > 0
        and exists (
            select
            from alert_messages as ends
            where
                ends.alert = messages.alert
                and ends.step = 0
                and ends.channel = messages.channel
                and ends.receiver = messages.receiver
                and ends.round >= messages.round
        )
    returning outbox.dedupe_key
)

update alert_messages
set given_up_at = cast(:now as timestamptz)
from withdrawn
where alert_messages.dedupe_key = withdrawn.dedupe_key
