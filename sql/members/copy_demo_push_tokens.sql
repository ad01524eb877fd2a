-- Takes made-up push addresses as rows.
copy user_fcm_tokens (user_id, fcm_token, platform) from stdin
