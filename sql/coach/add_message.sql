-- One row: the message added. Index: none needed.
insert into coach_messages (
    conversation_id, user_id, request_id, role, body, crisis, category, rules_version,
    model, prompt, usage, momentum_state, memory_ids, created_at
)
values (
    cast(:conversation_id as uuid),
    cast(:user_id as uuid),
    cast(:request_id as uuid),
    :role,
    :body,
    :crisis,
    :category,
    :rules_version,
    :model,
    :prompt,
    cast(:usage as jsonb),
    :momentum_state,
    cast(:memory_ids as uuid[]),
    cast(:now as timestamptz)
)
returning id
