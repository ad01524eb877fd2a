-- A row a shift that ends after :since and before :until begins, and was not taken back, by beginning and level.
-- Index: oncall_shifts_one_a_level.
select shifts.id, shifts.level, shifts.staff_id, staff.full_name, shifts.starts_at, shifts.ends_at
from oncall_shifts as shifts
inner join staff on staff.id = shifts.staff_id
where
    shifts.removed_at is null
    and shifts.ends_at > cast(:since as timestamptz)
    and shifts.starts_at < cast(:until as timestamptz)
order by shifts.starts_at, shifts.level
