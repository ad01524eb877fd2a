-- Rows: one, what an answer rested on. Index: coach_moments_pkey.
insert into coach_moments (
    user_id, request_id, momentum_state, memory_ids, message_numbers, prompt_sha256, provider, model, mask_version, request,
    created_at
)
values (
    cast(:user_id as uuid),
    cast(:request_id as uuid),
    :momentum_state,
    cast(:memory_ids as uuid[]),
    cast(:message_numbers as bigint[]),
    :prompt_sha256,
    :provider,
    :model,
    :mask_version,
    :request,
    cast(:now as timestamptz)
)
