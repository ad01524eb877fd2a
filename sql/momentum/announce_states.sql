-- Put into the outbox that somebody did something today that led to another state than the newest stored day has.
-- Rows: one a member. Index: daily_engagement_scores_pkey.
insert into outbox (topic, dedupe_key, payload)
select
    'momentum.state_changed',
    format('momentum.state_changed %s %s', new.user_id, pg_current_xact_id()),
    jsonb_build_object(
        'user_id', new.user_id,
        'score_date', new.score_date,
        'from', before.momentum_state,
        'to', new.momentum_state,
        'final_score', new.final_score
    )
from incoming_scores as new
cross join lateral (
    select momentum_state
    from daily_engagement_scores
    where user_id = new.user_id and score_date <= new.score_date
    order by score_date desc
    limit 1
) as before
where not new.is_complete and new.event_count > 0 and before.momentum_state <> new.momentum_state
order by new.user_id
on conflict do nothing
