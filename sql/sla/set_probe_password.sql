-- Give the synthetic member the password of another key. Rows: one. Index: member_accounts_pkey.
update member_accounts
set password_hash = :password_hash, updated_at = :now
where id = :id
