-- COPY: a stored score of these members from :reach days before the start of each on: the member's place in the
-- list, the day counted from the start, the final score, the state, and from the start on the rest. No order.
-- Indexes: daily_engagement_scores_pkey for few members, daily_engagement_scores_day for few days.
copy (
    select
        due.place - 1,
        scores.score_date - due.start_on,
        scores.final_score,
        scores.momentum_state,
        -- Of the days before, which are the many, only what is used is written out.
        case when scores.score_date >= due.start_on then scores.raw_score end,
        case when scores.score_date >= due.start_on then scores.event_count end,
        case when scores.score_date >= due.start_on then scores.is_complete::integer end
    from unnest(cast(%(members)s as uuid[]), cast(%(starts)s as date[])) with ordinality
        as due (user_id, start_on, place)
    inner join daily_engagement_scores as scores
        on scores.user_id = due.user_id and scores.score_date >= due.start_on - cast(%(reach)s as integer)
    where scores.score_date >= cast(%(earliest)s as date) - cast(%(reach)s as integer)
) to stdout (format csv)
