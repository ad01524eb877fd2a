-- A row a provider that was asked for members in the last day, by name: how often, how often it answered, and
-- how many of its answers were not used: refused, cut short, or not passed by the checks.
-- Index: coach_model_calls_day.
select
    provider,
    count(*) as calls,
    count(*) filter (where outcome in ('answered', 'checks', 'refused', 'cut_short')) as answered,
    count(*) filter (where outcome in ('checks', 'refused', 'cut_short')) as unused,
    max(started_at) as last_at
from coach_model_calls
where started_at > cast(:now as timestamptz) - interval '1 day' and purpose = 'production'
group by provider
order by provider
