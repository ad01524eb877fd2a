-- Ask a model to judge a review. Rows: one. Index: coach_judges_once.
insert into coach_judges (id, review_id, model, most_usd, asked_by)
values (:id, :review_id, :model, :most_usd, :asked_by)
