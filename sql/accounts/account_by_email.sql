-- At most one row: an account by address. Index: member_accounts_email_key.
select id, email, password_hash, user_metadata, app_metadata, is_banned, last_sign_in_at, created_at, updated_at
from member_accounts
where email = :email
