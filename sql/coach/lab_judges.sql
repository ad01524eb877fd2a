-- A row a model that judges a review, by name: how much of it is done. Index: coach_judges_once.
select
    judges.id,
    judges.model,
    judges.most_usd,
    judges.asked_by,
    2 * count(distinct pairs.id) as due,
    count(distinct judgements.id) as done,
    count(distinct judgements.id) filter (where judgements.error is not null) as failed
from coach_judges as judges
left join coach_review_pairs as pairs on pairs.review_id = judges.review_id
left join coach_judgements as judgements on judgements.judge_id = judges.id
where judges.review_id = :review_id
group by judges.id
order by judges.model
