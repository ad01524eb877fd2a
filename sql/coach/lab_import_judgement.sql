-- Store what a judge said elsewhere of the pair of an answer. Rows: one, or none for an answer that is in no pair of the review.
-- Index: coach_review_pairs_candidate_key.
insert into coach_judgements (judge_id, pair_id, candidate_was_first, verdict, error, cost_usd, judged_at)
select
    cast(:judge_id as uuid), pairs.id, cast(:candidate_was_first as boolean), :verdict, :error,
    cast(:cost_usd as numeric), cast(:judged_at as timestamptz)
from coach_review_pairs as pairs
where pairs.review_id = cast(:review_id as uuid) and pairs.candidate_id = cast(:candidate as uuid)
