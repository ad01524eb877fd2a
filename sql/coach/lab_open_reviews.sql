-- A row a review that is not over, the oldest first. Index: coach_review_ends_pkey.
select reviews.id, reviews.raters
from coach_reviews as reviews
where not exists (select from coach_review_ends as ends where ends.review_id = reviews.id)
order by reviews.number
