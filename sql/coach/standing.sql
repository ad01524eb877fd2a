-- One row: what models took and cost since the day began, all together, for the lab and for a member, and how a provider's
-- breaker stands. The lab's are all that somebody on the staff asked for, embeddings included.
-- Index: coach_model_calls_day, coach_model_calls_member, coach_breakers_pkey.
select
    today.tokens,
    today.cost_usd,
    today.lab_cost_usd,
    today.member_tokens,
    coalesce(breaker.failures, 0) as failures,
    breaker.open_until
from (
    select
        coalesce(sum(tokens.total), 0) as tokens,
        coalesce(sum(calls.cost_usd), 0) as cost_usd,
        coalesce(
            sum(calls.cost_usd) filter (
                where calls.purpose in ('lab', 'judge')
                    or calls.purpose = 'embedding' and calls.user_id is null and calls.staff_id is not null
            ),
            0
        ) as lab_cost_usd,
        coalesce(sum(tokens.total) filter (where calls.user_id = cast(:user_id as uuid)), 0) as member_tokens
    from coach_model_calls as calls
    cross join lateral (
        select
            cast(calls.input_tokens as bigint) + calls.cache_read_tokens + calls.cache_write_tokens + calls.output_tokens
                + calls.reasoning_tokens as total
    ) as tokens
    where calls.started_at >= cast(:since as timestamptz)
) as today
left join coach_breakers as breaker on breaker.provider = cast(:provider as text)
