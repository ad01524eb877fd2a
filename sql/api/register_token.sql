-- Register a push token of a member, or say that it is still in use. One row: the token as it is then. Index:
-- user_fcm_tokens_user_token_key.
insert into user_fcm_tokens (user_id, fcm_token, platform, address_kind)
values (:user_id, :fcm_token, :platform, :address_kind)
on conflict (user_id, fcm_token) do update
set platform = excluded.platform, address_kind = excluded.address_kind
returning id, platform, address_kind, is_active, last_seen_at
