-- Store what was said elsewhere of the pair of an answer. Rows: one, or none for an answer that is in no pair of the review.
-- Index: coach_review_pairs_candidate_key.
insert into coach_ratings
    (pair_id, rater_id, candidate_was_left, chosen, met_left, met_right, comment, rated_at)
select
    pairs.id, cast(:rater_id as uuid), cast(:candidate_was_left as boolean), :chosen, cast(:met_left as smallint[]),
    cast(:met_right as smallint[]), :comment, cast(:rated_at as timestamptz)
from coach_review_pairs as pairs
where pairs.review_id = cast(:review_id as uuid) and pairs.candidate_id = cast(:candidate as uuid)
