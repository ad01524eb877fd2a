-- One row a pair of states: how many people of a segment were in the one on the first day and in the other on the
-- last, both days being complete. In order of states. A segment without totals is too small to ask about.
-- Index: daily_engagement_scores by date, engagement_days by segment and date.
with before as (
    select user_id, momentum_state
    from daily_engagement_scores
    where score_date = cast(:start as date) and is_complete
),
after as (
    select user_id, momentum_state
    from daily_engagement_scores
    where score_date = cast(:end as date) and is_complete
)
select before.momentum_state as state_from, after.momentum_state as state_to, count(*) as members
from before
join after on after.user_id = before.user_id
join members on members.id = before.user_id
where not members.is_synthetic
    and public.bee_in_segment(
        cast(:segment as text), members.is_demo, members.time_zone, members.coach_id, members.attributes
    )
    and (
        cast(:segment as text) = 'all'
        or exists (
            select
            from engagement_days
            where segment = cast(:segment as text) and score_date = cast(:end as date)
        )
    )
group by before.momentum_state, after.momentum_state
order by before.momentum_state, after.momentum_state
