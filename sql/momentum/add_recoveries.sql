-- Adds for the days from :first to :last what became, within seven days, of those who had fallen into Needs care seven
-- days before: a row a day and segment in which somebody had, where the segment has totals that day.
-- Index: daily_engagement_scores by date, then by member and date; engagement_days by segment and date.
with falls as materialized (
    select low.user_id, low.score_date as fell_on
    from daily_engagement_scores as before
    join daily_engagement_scores as low
        on low.user_id = before.user_id and low.score_date = before.score_date + 1
    where before.score_date between cast(:first as date) - 8 and cast(:last as date) - 8
        and before.score_date <= (select max(score_date) from engagement_days) - 8
        and before.momentum_state <> 'NeedsCare'
        and low.momentum_state = 'NeedsCare'
        and low.is_complete
),
outcomes as materialized (
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
),
counts as (
    select outcomes.score_date, segments.segment, count(*) as fell, count(*) filter (where recovered) as recovered
    from outcomes
    join members on members.id = outcomes.user_id and not members.is_synthetic
    cross join lateral (
        select 'all' as segment
        union all
        select 'demo' where members.is_demo
        union all
        select 'zone:' || members.time_zone
        union all
        select 'coach:' || members.coach_id where members.coach_id is not null
        union all
        select attribute.key || ':' || attribute.value from jsonb_each_text(members.attributes) as attribute
    ) as segments
    group by outcomes.score_date, segments.segment
)
insert into engagement_recoveries (score_date, segment, fell, recovered)
select score_date, segment, fell, recovered
from counts
where exists (
    select
    from engagement_days as days
    where days.segment = counts.segment and days.score_date = counts.score_date
)
