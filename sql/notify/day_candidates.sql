-- A row a member for whom some rule over days may be eligible at :now, by id: the complete days up to yesterday where
-- they live, newest first, :window of them at most, and which of these are fresh. Yesterday has to be scored. A row of
-- one state that is by :past_days longer than a rule asks for began its moment too long ago. Index:
-- daily_engagement_scores_day.
with yesterdays as (
    select
        id as user_id,
        time_zone,
        cast(cast(:now as timestamptz) at time zone time_zone as date) - 1 as day
    from members
    where
        not is_synthetic
        and (left_on is null or left_on >= cast(cast(:now as timestamptz) at time zone time_zone as date))
),

windows as (
    select
        yesterdays.user_id,
        array_agg(scores.score_date order by scores.score_date desc) as days,
        array_agg(scores.final_score order by scores.score_date desc) as finals,
        array_agg(scores.momentum_state order by scores.score_date desc) as states,
        array_agg(scores.definition order by scores.score_date desc) as definitions,
        array_agg(
            scores.calculated_at
            <= cast(scores.score_date + 1 as timestamp) at time zone yesterdays.time_zone
            + make_interval(hours => cast(:fresh_h as integer))
            order by scores.score_date desc
        ) as timely
    from yesterdays
    inner join daily_engagement_scores as scores
        on scores.user_id = yesterdays.user_id
        and scores.score_date between yesterdays.day - (cast(:window as integer) - 1) and yesterdays.day
    where
        scores.is_complete
        and scores.score_date between
            cast(cast(:now as timestamptz) as date) - (cast(:window as integer) + 2)
            and cast(cast(:now as timestamptz) as date) + 1
    group by yesterdays.user_id, yesterdays.day
    having max(scores.score_date) = yesterdays.day
),

candidates as (
    select *
    from windows
    where
        cardinality(days) <= :new_days
        or exists (
            select
            from unnest(cast(:states as text[]), cast(:streaks as integer[])) as streak (state, days)
            where
                windows.states[1 : streak.days] = array_fill(streak.state, array[streak.days])
                and not (
                    windows.states[1 : streak.days + :past_days] = array_fill(
                        streak.state, array[streak.days + cast(:past_days as integer)]
                    )
                    and windows.days[1] - windows.days[streak.days + :past_days] = streak.days + :past_days - 1
                )
        )
        or exists (
            select
            from unnest(cast(:drop_days as integer[]), cast(:points as double precision[])) as fall (days, points)
            where
                (select avg(final) from unnest(windows.finals[fall.days + 1 : 2 * fall.days]) as final)
                - (select avg(final) from unnest(windows.finals[1 : fall.days]) as final)
                > fall.points - 0.000001
        )
)

select
    candidates.user_id,
    candidates.days,
    candidates.finals,
    candidates.states,
    candidates.definitions,
    candidates.timely,
    array(
        select restatements.score_date
        from score_restatements as restatements
        where
            restatements.user_id = candidates.user_id
            and restatements.score_date = any(candidates.days)
            and restatements.reason <> 'late_event'
    ) as rewritten
from candidates
order by candidates.user_id
