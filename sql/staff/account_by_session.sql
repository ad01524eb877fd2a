-- At most one row: the account behind a session that is still open. Index: staff_sessions_pkey.
select
    staff.id,
    staff.email,
    staff.full_name,
    cast(null as text) as password_hash,
    staff.roles,
    staff.is_active,
    staff.is_demo
from staff_sessions
inner join staff on staff.id = staff_sessions.staff_id
where
    staff_sessions.token_sha256 = :token_sha256
    and staff_sessions.ended_at is null
    and staff_sessions.expires_at > :now
    and staff_sessions.last_seen_at > :idle_since
    and staff.is_active
