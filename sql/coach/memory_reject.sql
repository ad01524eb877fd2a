-- Rows: one rejected, or none where it was decided about. Index: coach_memory_pkey.
update coach_memory
set status = 'rejected', decided_by = cast(:staff_id as uuid), decided_at = cast(:now as timestamptz)
where id = cast(:id as uuid) and status = 'proposed'
