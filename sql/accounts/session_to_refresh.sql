-- At most one row: a session, locked until its turn is decided: parallel refreshes follow one another.
-- Index: member_sessions_pkey.
select id, user_id, refresh_key, turn, refreshed_at
from member_sessions
where id = :id
for update
