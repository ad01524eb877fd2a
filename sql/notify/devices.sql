-- A row a device of members of the list that is posted to, by member and id: those that are fresh, or where there is none
-- such, the stale ones; none that is over, whether or not anybody has given it up yet. Index:
-- user_fcm_tokens_user_token_key.
with reachable as (
    select
        id,
        user_id,
        fcm_token,
        address_kind,
        platform,
        last_seen_at >= cast(:now as timestamptz) - make_interval(days => cast(:stale_days as integer)) as is_fresh
    from user_fcm_tokens
    where
        user_id = any(cast(:members as uuid[]))
        and is_active
        and last_seen_at >= cast(:now as timestamptz) - make_interval(days => cast(:expired_days as integer))
)

select id as token_id, user_id, fcm_token as address, address_kind, platform
from reachable
where
    is_fresh
    or not exists (select from reachable as others where others.user_id = reachable.user_id and others.is_fresh)
order by user_id, id
