-- A row a rating of a review, by pair and seat. Index: coach_ratings_seat.
select
    ratings.pair_id,
    ratings.rater_id,
    rater.full_name as rater_name,
    ratings.candidate_was_left,
    ratings.chosen,
    ratings.met_left,
    ratings.met_right,
    ratings.comment,
    ratings.rated_at
from coach_review_pairs as pairs
inner join coach_ratings as ratings on ratings.pair_id = pairs.id
left join staff as rater on rater.id = ratings.rater_id
where pairs.review_id = :review_id
order by pairs.place, ratings.seat
