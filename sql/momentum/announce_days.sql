-- Put into the outbox that a day which is not over, of those about to be merged, is new or now says something else.
-- Rows: one a member. Index: daily_engagement_scores_pkey.
insert into outbox (topic, dedupe_key, payload, delivered_at)
select
    'realtime.change',
    gen_random_uuid(),
    jsonb_build_object(
        'table', 'daily_engagement_scores',
        'type', case when old.user_id is null then 'INSERT' else 'UPDATE' end,
        'user_id', new.user_id,
        'key', jsonb_build_object('user_id', new.user_id, 'score_date', new.score_date)
    ),
    now()
from incoming_scores as new
left join daily_engagement_scores as old on old.user_id = new.user_id and old.score_date = new.score_date
where
    not new.is_complete
    and (
        old.user_id is null
        or (
            old.calculated_at <= :read_at
            and (old.raw_score, old.final_score, old.momentum_state, old.event_count, old.definition)
                is distinct from (new.raw_score, new.final_score, new.momentum_state, new.event_count, new.definition)
        )
    )
order by new.user_id
