-- Open a session. Rows: one inserted.
insert into member_sessions (id, user_id, refresh_key, refreshed_at, user_agent, address)
values (:id, :user_id, :refresh_key, :now, :user_agent, :address)
