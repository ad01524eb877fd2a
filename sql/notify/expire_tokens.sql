-- Give addresses up that were not seen for :expired_days, after which the push service drops them. Rows: those given up.
-- Index: user_fcm_tokens_seen.
update user_fcm_tokens
set is_active = false, deactivated_at = cast(:now as timestamptz), deactivated_because = 'expired'
where is_active and last_seen_at < cast(:now as timestamptz) - make_interval(days => cast(:expired_days as integer))
