-- One row an answer of a run, with the case that it is to. By case, arm and repeat. Indexes: coach_run_outputs_once,
-- coach_cases_pkey.
select
    outputs.id,
    outputs.case_id,
    cases.title,
    cases.kind,
    cases.state,
    outputs.arm,
    outputs.repeat,
    outputs.provider,
    outputs.model,
    outputs.is_screened,
    outputs.is_cached,
    outputs.text,
    outputs.error,
    outputs.checks,
    outputs.is_safe,
    outputs.passes,
    outputs.first_token_ms,
    outputs.total_ms,
    outputs.input_tokens,
    outputs.cache_read_tokens,
    outputs.cache_write_tokens,
    outputs.output_tokens,
    outputs.reasoning_tokens,
    outputs.is_estimate,
    outputs.cost_usd
from coach_run_outputs as outputs
inner join coach_cases as cases on cases.id = outputs.case_id
where outputs.run_id = cast(:run_id as uuid)
order by cases.kind, cases.title, outputs.case_id, outputs.arm, outputs.repeat
