-- One row: how many people a segment's figures cover, through which complete day, and whether any of them is made up.
-- Index: engagement_days by segment and date.
with newest as (
    select max(score_date) as score_date
    from engagement_days
    where segment = cast(:segment as text)
        and score_date <= public.bee_complete_through(cast(:segment as text))
        and score_date <= cast(:today as date)
)
select
    coalesce((
        select sum(days.members)
        from engagement_days as days
        where days.segment = cast(:segment as text) and days.score_date = newest.score_date
    ), 0) as people,
    newest.score_date as through,
    exists (
        select
        from members
        where is_demo
            and not is_synthetic
            and public.bee_in_segment(cast(:segment as text), is_demo, time_zone, coach_id, attributes)
    ) as is_demo
from newest
