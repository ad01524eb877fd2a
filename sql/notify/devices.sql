-- A row a device of members of the list that can be reached, by member and id. Index: user_fcm_tokens_user_token_key.
select id as token_id, user_id, fcm_token as address, address_kind, platform
from user_fcm_tokens
where user_id = any(cast(:members as uuid[])) and is_active
order by user_id, id
