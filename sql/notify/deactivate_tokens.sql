-- Give addresses up for which the push service has no device any more. Rows: those given up. Index:
-- user_fcm_tokens_pkey.
update user_fcm_tokens
set is_active = false, deactivated_at = :now, deactivated_because = gone.because
from unnest(cast(:tokens as uuid[]), cast(:reasons as text[])) as gone (token_id, because)
where user_fcm_tokens.id = gone.token_id and user_fcm_tokens.is_active
    and user_fcm_tokens.last_seen_at <= cast(:posted_at as timestamptz)
