-- A row a pair and order that a judge has yet to be shown, oldest judges first. Index: coach_judgements_once.
select
    judges.id as judge_id,
    judges.model,
    judges.most_usd,
    judges.asked_by,
    spent.cost_usd as spent_usd,
    cast(reviews.rubric as text) as rubric,
    pairs.id as pair_id,
    orders.candidate_first,
    cases.state,
    cases.memories,
    cases.message,
    candidates.text as candidate_text,
    baselines.text as baseline_text
from coach_judges as judges
inner join coach_reviews as reviews on reviews.id = judges.review_id
inner join coach_review_pairs as pairs on pairs.review_id = judges.review_id
inner join coach_run_outputs as candidates on candidates.id = pairs.candidate_id
inner join coach_run_outputs as baselines on baselines.id = pairs.baseline_id
inner join coach_cases as cases on cases.id = candidates.case_id
cross join (values (true), (false)) as orders (candidate_first)
cross join lateral (
    select coalesce(sum(judgements.cost_usd), 0) as cost_usd
    from coach_judgements as judgements
    where judgements.judge_id = judges.id
) as spent
where not exists (
    select from coach_judgements as judgements
    where judgements.judge_id = judges.id
        and judgements.pair_id = pairs.id
        and judgements.candidate_was_first = orders.candidate_first
)
order by judges.asked_at, judges.id, pairs.place, orders.candidate_first
limit :most
