-- One row a day (UTC), purpose, prompt, provider, model and whom the calls were for: the member's coach then, or who asked in
-- the lab. Cost is of the calls with a known price; `unpriced` counts the others. Of a member's answer that was sent it says
-- whether it helped, where the member said so. Newest day first, then by prompt, model, purpose and name.
-- Index: coach_model_calls_day, coach_feedback_pkey.
select
    cast(calls.started_at at time zone 'UTC' as date) as day,
    calls.purpose,
    calls.prompt,
    calls.provider,
    calls.model,
    calls.staff_id,
    staff.full_name as coach,
    count(*) as calls,
    count(*) filter (where calls.outcome = 'answered') as answered,
    sum(calls.input_tokens) as input,
    sum(calls.cache_read_tokens) as cache_read,
    sum(calls.cache_write_tokens) as cache_write,
    sum(calls.output_tokens) as output,
    sum(calls.reasoning_tokens) as reasoning,
    count(*) filter (where calls.is_estimate) as estimated,
    coalesce(sum(calls.cost_usd), 0) as cost_usd,
    count(*) filter (where calls.cost_usd is null) as unpriced,
    count(*) filter (where feedback.is_helpful) as helpful,
    count(*) filter (where not feedback.is_helpful) as unhelpful
from coach_model_calls as calls
left join staff on staff.id = calls.staff_id
left join coach_feedback as feedback
    on feedback.user_id = calls.user_id
    and feedback.request_id = calls.request_id
    and calls.purpose = 'production'
    and calls.outcome = 'answered'
where calls.started_at >= cast(:since as timestamptz) and calls.started_at < cast(:until as timestamptz)
group by day, calls.purpose, calls.prompt, calls.provider, calls.model, calls.staff_id, staff.full_name
order by day desc, calls.prompt, calls.provider, calls.model, calls.purpose, staff.full_name nulls last, calls.staff_id
