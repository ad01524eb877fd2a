-- Rows: one, the call of a model added; for a member's it says who is their coach now. Index: members_pkey.
insert into coach_model_calls (
    purpose, staff_id, user_id, request_id, attempt, provider, model, prompt, prompt_sha256, started_at, outcome, detail, failed_checks,
    input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens, is_estimate, cost_usd, priced_from,
    first_byte_ms, total_ms
)
values (
    :purpose,
    coalesce(cast(:staff_id as uuid), (select coach_id from members where id = cast(:user_id as uuid))),
    cast(:user_id as uuid), cast(:request_id as uuid), :attempt, :provider, :model, :prompt, :prompt_sha256,
    cast(:started_at as timestamptz), :outcome, :detail, cast(:failed_checks as text[]),
    :input, :cache_read, :cache_write, :output, :reasoning, :is_estimate, cast(:cost_usd as numeric),
    cast(:priced_from as date), :first_byte_ms, :total_ms
)
