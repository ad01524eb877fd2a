-- A row a push token, without the token itself, that whoever asks may see, newest first, behind a place.
-- Index: user_fcm_tokens_user_token_key.
select id, user_id, platform, address_kind, is_active, last_seen_at, created_at
from user_fcm_tokens
where
    cast(:at as timestamptz) is null
    or (created_at, id) < (cast(:at as timestamptz), cast(:id as uuid))
order by created_at desc, id desc
limit :most
