-- A row a person on the staff, active ones first, by name. Indexes: staff_links_staff, members_coach.
select
    staff.id,
    staff.email,
    staff.full_name,
    staff.roles,
    staff.is_active,
    staff.is_demo,
    staff.created_at,
    (select max(last_seen_at) from staff_sessions where staff_sessions.staff_id = staff.id) as last_seen_at,
    (
        select count(*)
        from staff_sessions
        where staff_sessions.staff_id = staff.id and staff_sessions.ended_at is null
            and staff_sessions.expires_at > now() and staff_sessions.last_seen_at > now() - interval '30 minutes'
    ) as open_sessions,
    exists (
        select from staff_links
        where staff_links.staff_id = staff.id and staff_links.purpose = 'invitation'
            and staff_links.used_at is null and staff_links.expires_at > now()
    ) as is_invited,
    (select count(*) from members where members.coach_id = staff.id) as members
from staff
order by staff.is_active desc, staff.full_name, staff.email
