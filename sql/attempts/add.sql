-- Count a try to sign in. Rows: one inserted.
insert into sign_in_attempts (account, address, succeeded)
values (:account, :address, :succeeded)
