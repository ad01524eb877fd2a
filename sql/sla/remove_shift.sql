-- Take a shift back. Rows: one, or none where that was done before. Index: oncall_shifts_pkey.
update oncall_shifts
set removed_by = :removed_by, removed_at = :now
where id = :id and removed_at is null
