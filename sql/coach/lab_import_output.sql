-- Store an answer of a run that comes in. Rows: one. Index: coach_run_outputs_once.
insert into coach_run_outputs
    (id, run_id, case_id, arm, repeat, provider, model, is_screened, is_cached, cache_key, text, error, checks,
        first_token_ms, total_ms, input_tokens, cache_read_tokens, cache_write_tokens, output_tokens, reasoning_tokens,
        is_estimate, cost_usd, created_at)
values
    (cast(:id as uuid), cast(:run_id as uuid), cast(:case_id as uuid), :arm, :repeat, :provider, :model, :is_screened,
        :is_cached, :cache_key, :text, :error, cast(:checks as jsonb), :first_token_ms, :total_ms, :input_tokens,
        :cache_read_tokens, :cache_write_tokens, :output_tokens, :reasoning_tokens, :is_estimate,
        cast(:cost_usd as numeric), cast(:created_at as timestamptz))
