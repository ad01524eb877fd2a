-- One row a day (UTC), purpose, prompt, provider and model: calls, those that answered, tokens in buckets, and cost. Cost is
-- of the calls with a known price; `unpriced` counts the others. Newest day first, then by prompt, model and purpose.
-- Index: coach_model_calls_day.
select
    cast(started_at at time zone 'UTC' as date) as day,
    purpose,
    prompt,
    provider,
    model,
    count(*) as calls,
    count(*) filter (where outcome = 'answered') as answered,
    sum(input_tokens) as input,
    sum(cache_read_tokens) as cache_read,
    sum(cache_write_tokens) as cache_write,
    sum(output_tokens) as output,
    sum(reasoning_tokens) as reasoning,
    count(*) filter (where is_estimate) as estimated,
    coalesce(sum(cost_usd), 0) as cost_usd,
    count(*) filter (where cost_usd is null) as unpriced
from coach_model_calls
where started_at >= cast(:since as timestamptz) and started_at < cast(:until as timestamptz)
group by day, purpose, prompt, provider, model
order by day desc, prompt, provider, model, purpose
