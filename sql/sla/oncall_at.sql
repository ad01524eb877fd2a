-- A row a level that somebody who may be called holds at :at, by level: who, until when. Index: oncall_shifts_one_a_level.
select shifts.level, shifts.staff_id, staff.full_name, shifts.starts_at, shifts.ends_at
from oncall_shifts as shifts
inner join staff on staff.id = shifts.staff_id
where
    staff.is_active
    and staff.roles && array['oncall', 'admin']
    and shifts.removed_at is null
    and shifts.starts_at <= cast(:at as timestamptz)
    and shifts.ends_at > cast(:at as timestamptz)
order by shifts.level
