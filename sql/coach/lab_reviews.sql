-- A row a review, open ones first, the newest first: what it asks, how far it is, and how it ended. Index: coach_reviews_run.
select
    reviews.id,
    reviews.number,
    reviews.run_id,
    runs.number as run_number,
    runs.prompt,
    reviews.raters,
    cast(reviews.rubric as text) as rubric,
    reviews.asked_by,
    asker.full_name as asker_name,
    reviews.asked_at,
    progress.pairs,
    progress.complete,
    progress.ratings,
    progress.mine,
    progress.is_rater,
    hidden.review as hidden_by,
    ends.outcome,
    ends.ended_at
from coach_reviews as reviews
inner join coach_runs as runs on runs.id = reviews.run_id
cross join lateral public.bee_review_progress(reviews.id) as progress
left join public.bee_hidden_runs() as hidden on hidden.run_id = reviews.run_id
left join coach_review_ends as ends on ends.review_id = reviews.id
left join staff as asker on asker.id = reviews.asked_by
order by ends.review_id is not null, reviews.number desc
limit :most
