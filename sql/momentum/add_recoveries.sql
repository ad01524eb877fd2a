-- Adds for the days from :first to :last what became, within seven days, of those who had fallen into Needs care seven
-- days before: a row a day and segment in which somebody had. Days after the newest one with totals are left out.
-- Index: daily_engagement_scores by date, then by member and date.
with falls as (
    select low.user_id, low.score_date as fell_on
    from daily_engagement_scores as low
    join daily_engagement_scores as before
        on before.user_id = low.user_id and before.score_date = low.score_date - 1
    where low.score_date between cast(:first as date) - 7 and cast(:last as date) - 7
        and low.score_date <= (select max(score_date) from engagement_days) - 7
        and low.momentum_state = 'NeedsCare'
        and low.is_complete
        and before.momentum_state <> 'NeedsCare'
),
outcomes as (
    select
        falls.user_id,
        falls.fell_on + 7 as score_date,
        exists (
            select
            from daily_engagement_scores as later
            where later.user_id = falls.user_id
                and later.score_date between falls.fell_on + 1 and falls.fell_on + 7
                and later.is_complete
                and later.momentum_state <> 'NeedsCare'
        ) as recovered
    from falls
)
insert into engagement_recoveries (score_date, segment, fell, recovered)
select outcomes.score_date, segments.segment, count(*), count(*) filter (where outcomes.recovered)
from outcomes
join member_segments as segments on segments.user_id = outcomes.user_id
group by outcomes.score_date, segments.segment
