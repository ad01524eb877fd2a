-- At most one row: an account by id. Index: member_accounts_pkey.
select id, email, password_hash, user_metadata, app_metadata, is_banned, last_sign_in_at, created_at, updated_at
from member_accounts
where id = :id
