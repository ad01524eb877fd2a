-- Keep what published days said before they are written over, those scored since :read_at aside. Rows: one a day that says something else now.
-- Index: daily_engagement_scores_pkey.
insert into score_restatements (
    user_id, score_date, old_raw_score, old_final_score, old_momentum_state, old_definition,
    new_raw_score, new_final_score, new_momentum_state, new_definition, reason
)
select
    old.user_id, old.score_date, old.raw_score, old.final_score, old.momentum_state, old.definition,
    new.raw_score, new.final_score, new.momentum_state, new.definition,
    case when old.definition <> new.definition then 'definition' else :reason end
from incoming_scores as new
inner join daily_engagement_scores as old on old.user_id = new.user_id and old.score_date = new.score_date
where
    old.is_complete
    and old.calculated_at <= :read_at
    and (old.raw_score, old.final_score, old.momentum_state)
        is distinct from (new.raw_score, new.final_score, new.momentum_state)
order by old.user_id, old.score_date
