-- Put somebody on call. Rows: one inserted. Index: oncall_shifts_one_a_level.
insert into oncall_shifts (level, staff_id, starts_at, ends_at, created_by)
values (:level, :staff_id, :starts_at, :ends_at, :created_by)
