-- Mark push tokens that were not seen for 270 days, after which the push service drops them. Rows: those marked.
-- Index: none; a scan.
update user_fcm_tokens
set is_active = false, deactivated_at = now(), deactivated_because = 'stale'
where is_active and last_seen_at < now() - interval '270 days'
