-- Rows: one accepted, or none where it was decided about. It holds from now. Index: coach_memory_pkey.
update coach_memory
set
    status = 'accepted',
    valid_from = cast(:now as timestamptz),
    decided_by = cast(:staff_id as uuid),
    decided_at = cast(:now as timestamptz)
where id = cast(:id as uuid) and status = 'proposed'
