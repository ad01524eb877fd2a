-- One row: for how many complete days up to the newest a member has been in that day's state; null without scores.
-- Index: daily_engagement_scores by member and date.
with newest as (
    select score_date, momentum_state
    from daily_engagement_scores
    where user_id = cast(:member_id as uuid) and is_complete
    order by score_date desc
    limit 1
)
select newest.score_date - coalesce(
    (
        select max(score_date)
        from daily_engagement_scores
        where user_id = cast(:member_id as uuid)
            and score_date < newest.score_date
            and momentum_state <> newest.momentum_state
    ),
    (select min(score_date) - 1 from daily_engagement_scores where user_id = cast(:member_id as uuid))
) as days
from newest
