-- An account of a member. Rows: one inserted.
insert into member_accounts (id, email, password_hash, user_metadata, last_sign_in_at)
values (:id, :email, :password_hash, cast(:user_metadata as jsonb), :now)
