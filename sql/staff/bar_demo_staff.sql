-- Takes the password from every demo account and ends its sessions. Rows: the sessions ended.
-- Index: staff_sessions_open.
with barred as (
    update staff
    set password_hash = null
    where is_demo and password_hash is not null
    returning id
)
update staff_sessions
set ended_at = now(), ended_because = 'revoked'
from barred
where staff_sessions.staff_id = barred.id and staff_sessions.ended_at is null
