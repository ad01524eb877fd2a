-- One row: how many runs are over of which a review is open. Index: coach_reviews_run.
select count(*) as runs
from coach_run_ends as ends
where exists (
    select from coach_reviews as reviews
    where reviews.run_id = ends.run_id
        and not exists (select from coach_review_ends as done where done.review_id = reviews.id)
)
