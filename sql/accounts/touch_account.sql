-- Say that somebody signed in. Rows: one. Index: member_accounts_pkey.
update member_accounts
set last_sign_in_at = :now
where id = :id
