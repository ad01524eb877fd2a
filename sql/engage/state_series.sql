-- One row a day that has scores: the people of a segment in each state, and the sum of their scores. In order of day.
-- Index: engagement_days by segment and date.
select
    score_date,
    cast(coalesce(sum(members) filter (where momentum_state = 'Rising'), 0) as integer) as rising,
    cast(coalesce(sum(members) filter (where momentum_state = 'Steady'), 0) as integer) as steady,
    cast(coalesce(sum(members) filter (where momentum_state = 'NeedsCare'), 0) as integer) as needs_care,
    sum(final_sum) as final_sum
from engagement_days
where segment = cast(:segment as text) and score_date between cast(:start as date) and cast(:end as date)
group by score_date
order by score_date
