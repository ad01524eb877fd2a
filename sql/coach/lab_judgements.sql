-- A row a pair and judge of a review that has both orders: what was said in each. Index: coach_judgements_once.
select
    judges.id as judge_id,
    one.pair_id,
    one.verdict as candidate_first,
    other.verdict as candidate_second
from coach_judges as judges
inner join coach_judgements as one on one.judge_id = judges.id and one.candidate_was_first
inner join coach_judgements as other
    on other.judge_id = judges.id and other.pair_id = one.pair_id and not other.candidate_was_first
where judges.review_id = :review_id and num_nonnulls(one.verdict, other.verdict) = 2
order by judges.id, one.pair_id
