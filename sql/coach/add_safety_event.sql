-- One row: the event that somebody on the staff is to see to. Index: safety_events_message_key.
insert into safety_events (user_id, message_id, category, matched, rules_version, created_at)
values (
    cast(:user_id as uuid),
    cast(:message_id as uuid),
    :category,
    cast(:matched as text[]),
    :rules_version,
    cast(:now as timestamptz)
)
returning id
