-- A row a provider that was asked for members in the last day, by name: how often, and how often it answered.
-- Index: coach_model_calls_day.
select
    provider,
    count(*) as calls,
    count(*) filter (where outcome = 'answered') as answered,
    max(started_at) as last_at
from coach_model_calls
where started_at > cast(:now as timestamptz) - interval '1 day' and purpose = 'production'
group by provider
order by provider
