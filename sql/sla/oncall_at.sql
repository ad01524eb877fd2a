-- A row a level somebody holds at :at, by level: who, until when. Index: oncall_shifts_one_a_level.
select shifts.level, shifts.staff_id, staff.full_name, shifts.starts_at, shifts.ends_at
from oncall_shifts as shifts
inner join staff on staff.id = shifts.staff_id and staff.is_active
where
    shifts.removed_at is null
    and shifts.starts_at <= cast(:at as timestamptz)
    and shifts.ends_at > cast(:at as timestamptz)
order by shifts.level
