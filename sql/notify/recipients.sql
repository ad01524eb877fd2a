-- A row a member of the list who is still there, by id: what the guards ask about, and the newest complete score.
-- Indexes: members_pkey, notification_preferences_member, user_fcm_tokens_user_token_key,
-- daily_engagement_scores_pkey.
select
    members.id as user_id,
    members.time_zone,
    cast(members.consents ->> 'push' as boolean) as push_consent,
    coalesce(preferences.opted_out, '{}') as opted_out,
    preferences.quiet_from,
    preferences.quiet_until,
    (
        select count(*)
        from user_fcm_tokens as tokens
        where
            tokens.user_id = members.id
            and tokens.is_active
            and tokens.last_seen_at
            >= cast(:now as timestamptz) - make_interval(days => cast(:expired_days as integer))
    ) as addresses,
    members.coach_id,
    newest.score_date,
    newest.final_score,
    newest.momentum_state,
    newest.definition
from members
left join lateral (
    select chosen.quiet_from, chosen.quiet_until, chosen.opted_out
    from notification_preferences as chosen
    where chosen.user_id = members.id
    order by chosen.id desc
    limit 1
) as preferences on true
left join lateral (
    select scores.score_date, scores.final_score, scores.momentum_state, scores.definition
    from daily_engagement_scores as scores
    where scores.user_id = members.id and scores.is_complete
    order by scores.score_date desc
    limit 1
) as newest on true
where members.id = any(cast(:members as uuid[]))
order by members.id
