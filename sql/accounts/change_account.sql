-- Change what is given of an account; metadata is merged, and the keys :gone go. Rows: one.
-- Index: member_accounts_pkey.
update member_accounts
set
    email = coalesce(cast(:email as text), email),
    password_hash = coalesce(cast(:password_hash as text), password_hash),
    user_metadata = (user_metadata || cast(:user_metadata as jsonb)) - cast(:gone as text[]),
    updated_at = :now
where id = :id
