-- Remove days that a member has no more and that were not scored since :read_at, keeping what the published ones said. Rows: one a published day.
-- Index: daily_engagement_scores_pkey.
with removed as (
    delete from daily_engagement_scores as old
    using unnest(cast(:members as uuid[]), cast(:days as date[])) as gone (user_id, score_date)
    where old.user_id = gone.user_id and old.score_date = gone.score_date and old.calculated_at <= :read_at
    returning
        old.user_id, old.score_date, old.raw_score, old.final_score, old.momentum_state, old.definition, old.is_complete
)

insert into score_restatements (
    user_id, score_date, old_raw_score, old_final_score, old_momentum_state, old_definition, reason
)
select user_id, score_date, raw_score, final_score, momentum_state, definition, 'member_changed'
from removed
where is_complete
order by user_id, score_date
