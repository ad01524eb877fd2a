-- One row a member of a segment who may need a call on a day: in Needs care, not gone, and clearly lower in the last
-- week than was usual for them in the four weeks before the last two. Furthest below their usual first, then lowest.
-- `least_below_usual`: points. Who has been silent for six weeks has no usual level left to fall from and is not in it.
-- A segment without totals that day is too small to ask about.
-- Index: daily_engagement_scores by date, then by member and date.
with candidates as materialized (
    select members.id, members.number, members.coach_id, members.is_demo, today.final_score, today.momentum_state
    from daily_engagement_scores as today
    join members on members.id = today.user_id
    where today.score_date = cast(:through as date)
        and today.is_complete
        and today.momentum_state = 'NeedsCare'
        and not members.is_synthetic
        and (members.left_on is null or members.left_on > cast(:through as date))
        and public.bee_in_segment(
            cast(:segment as text), members.is_demo, members.time_zone, members.coach_id, members.attributes
        )
        and (
            cast(:segment as text) = 'all'
            or exists (
                select
                from engagement_days
                where segment = cast(:segment as text) and score_date = cast(:through as date)
            )
        )
),
chosen as (
    select candidates.*, levels.usual, levels.recent
    from candidates
    cross join lateral (
        select
            avg(scores.final_score) filter (where scores.score_date <= cast(:through as date) - 14) as usual,
            avg(scores.final_score) filter (where scores.score_date > cast(:through as date) - 7) as recent
        from daily_engagement_scores as scores
        where scores.user_id = candidates.id
            and scores.score_date between cast(:through as date) - 41 and cast(:through as date)
            and scores.is_complete
    ) as levels
    where levels.usual - levels.recent >= cast(:least_below_usual as double precision)
    order by levels.usual - levels.recent desc, candidates.final_score, candidates.number
    limit cast(:limit as integer)
)
select
    chosen.id as user_id,
    chosen.number,
    chosen.momentum_state,
    chosen.final_score,
    history.last_finals,
    cast(:through as date) - coalesce(
        (
            select max(scores.score_date)
            from daily_engagement_scores as scores
            where scores.user_id = chosen.id
                and scores.score_date < cast(:through as date)
                and scores.momentum_state <> chosen.momentum_state
        ),
        (select min(scores.score_date) - 1 from daily_engagement_scores as scores where scores.user_id = chosen.id)
    ) as days_in_state,
    staff.full_name as coach_name,
    chosen.is_demo,
    chosen.usual,
    chosen.usual - chosen.recent as below_usual
from chosen
cross join lateral (
    select array_agg(scores.final_score order by scores.score_date) as last_finals
    from daily_engagement_scores as scores
    where scores.user_id = chosen.id
        and scores.score_date between cast(:through as date) - 41 and cast(:through as date)
) as history
left join staff on staff.id = chosen.coach_id
order by below_usual desc, chosen.final_score, chosen.number
