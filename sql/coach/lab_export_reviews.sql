-- One row a review that is over as a line of a file, with its ratings and what models said: pairs by the candidate's answer,
-- people by address. In the order in which they were asked for. Indexes: coach_reviews_number_key, coach_review_pairs_place_key,
-- coach_ratings_seat, coach_judgements_once.
select
    jsonb_build_object(
        'type', 'review',
        'id', reviews.id,
        'run_id', reviews.run_id,
        'raters', reviews.raters,
        'rubric', reviews.rubric,
        'seed', reviews.seed,
        'asked_by', asker.email,
        'asked_at', reviews.asked_at,
        'outcome', ends.outcome,
        'ended_by', ender.email,
        'ended_at', ends.ended_at,
        'raters_joined', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object('rater', joined.email, 'since', raters.since)
                        order by raters.since, joined.email
                    ),
                    '[]'
                )
            from coach_review_raters as raters
            inner join staff as joined on joined.id = raters.rater_id
            where raters.review_id = reviews.id
        ),
        'ratings', (
            select
                coalesce(
                    jsonb_agg(
                        to_jsonb(ratings) - array['id', 'pair_id', 'rater_id', 'seat']
                        || jsonb_build_object('candidate', pairs.candidate_id, 'rater', rater.email)
                        order by pairs.place, ratings.seat
                    ),
                    '[]'
                )
            from coach_review_pairs as pairs
            inner join coach_ratings as ratings on ratings.pair_id = pairs.id
            inner join staff as rater on rater.id = ratings.rater_id
            where pairs.review_id = reviews.id
        ),
        'judges', (
            select
                coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'id', judges.id,
                            'model', judges.model,
                            'most_usd', judges.most_usd,
                            'asked_by', judge_asker.email,
                            'asked_at', judges.asked_at
                        )
                        order by judges.model
                    ),
                    '[]'
                )
            from coach_judges as judges
            inner join staff as judge_asker on judge_asker.id = judges.asked_by
            where judges.review_id = reviews.id
        ),
        'judgements', (
            select
                coalesce(
                    jsonb_agg(
                        to_jsonb(judgements) - array['id', 'pair_id']
                        || jsonb_build_object('candidate', pairs.candidate_id)
                        order by judgements.judge_id, pairs.place, judgements.candidate_was_first
                    ),
                    '[]'
                )
            from coach_review_pairs as pairs
            inner join coach_judgements as judgements on judgements.pair_id = pairs.id
            where pairs.review_id = reviews.id
        )
    ) as line
from coach_reviews as reviews
inner join coach_review_ends as ends on ends.review_id = reviews.id
inner join staff as asker on asker.id = reviews.asked_by
left join staff as ender on ender.id = ends.ended_by
order by reviews.number
