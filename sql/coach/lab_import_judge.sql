-- Store that a model was asked elsewhere to judge a review. Rows: one. Index: coach_judges_pkey.
insert into coach_judges (id, review_id, model, most_usd, asked_by, asked_at)
values
    (cast(:id as uuid), cast(:review_id as uuid), :model, cast(:most_usd as numeric), cast(:asked_by as uuid),
        cast(:asked_at as timestamptz))
