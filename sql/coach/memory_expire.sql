-- Rows: one ended, or none where none holds. What holds from later on only ends then. Index: coach_memory_pkey.
update coach_memory
set
    valid_to = greatest(cast(:now as timestamptz), valid_from + interval '1 microsecond'),
    decided_by = cast(:staff_id as uuid),
    decided_at = cast(:now as timestamptz)
where id = cast(:id as uuid) and status = 'accepted' and valid_to is null
