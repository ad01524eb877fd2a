-- Remove days that a member has no more and that were not scored since :read_at, keeping what the published ones said
-- and putting into the outbox that one which is not over is gone. Rows: one a published day.
-- Index: daily_engagement_scores_pkey.
with removed as (
    delete from daily_engagement_scores as old
    using unnest(cast(:members as uuid[]), cast(:days as date[])) as gone (user_id, score_date)
    where old.user_id = gone.user_id and old.score_date = gone.score_date and old.calculated_at <= :read_at
    returning
        old.id, old.user_id, old.score_date, old.raw_score, old.final_score, old.momentum_state, old.definition,
        old.is_complete
),

announced as (
    insert into outbox (topic, dedupe_key, payload, delivered_at)
    select
        'realtime.change',
        gen_random_uuid(),
        jsonb_build_object(
            'table', 'daily_engagement_scores',
            'type', 'DELETE',
            'user_id', user_id,
            'key', jsonb_build_object('id', id, 'user_id', user_id, 'score_date', score_date)
        ),
        now()
    from removed
    where not is_complete
    order by user_id
)

insert into score_restatements (
    user_id, score_date, old_raw_score, old_final_score, old_momentum_state, old_definition, reason
)
select user_id, score_date, raw_score, final_score, momentum_state, definition, 'member_changed'
from removed
where is_complete
order by user_id, score_date
