-- Remove a push token of whoever asks. Rows: one, or none. Index: user_fcm_tokens_pkey.
delete from user_fcm_tokens
where id = :id
