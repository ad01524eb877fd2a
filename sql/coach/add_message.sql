-- One row: the message added. Index: none needed.
insert into coach_messages (
    conversation_id, user_id, request_id, role, body, crisis, category, rules_version,
    model, prompt, prompt_sha256, usage, fallback, checks, first_byte_ms, total_ms, momentum_state, memory_ids,
    recalled_by, created_at
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
    :prompt_sha256,
    cast(:usage as jsonb),
    :fallback,
    cast(:checks as jsonb),
    :first_byte_ms,
    :total_ms,
    :momentum_state,
    cast(:memory_ids as uuid[]),
    :recalled_by,
    cast(:now as timestamptz)
)
returning id
