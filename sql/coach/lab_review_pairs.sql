-- A row a pair of a review, in its order: the two answers, the case that they are of. Index: coach_review_pairs_place_key.
select
    pairs.id,
    cases.case_id,
    cases.state,
    cases.title,
    cases.message,
    cases.memories,
    candidates.text as candidate_text,
    baselines.text as baseline_text
from coach_review_pairs as pairs
inner join coach_run_outputs as candidates on candidates.id = pairs.candidate_id
inner join coach_run_outputs as baselines on baselines.id = pairs.baseline_id
inner join coach_cases as cases on cases.id = candidates.case_id
where pairs.review_id = :review_id
order by pairs.place
