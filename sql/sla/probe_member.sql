-- At most one row: the synthetic member with the prober's address. Index: member_accounts_email_key.
select accounts.id, accounts.password_hash
from member_accounts as accounts
inner join members on members.id = accounts.id and members.is_synthetic
where accounts.email = :email
