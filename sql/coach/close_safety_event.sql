-- Rows: one closed, or none when it is not taken by this person. Index: safety_events_pkey.
update safety_events
set status = 'closed', closed_at = cast(:now as timestamptz), finding = :finding, note = :note
where id = cast(:id as uuid) and status = 'taken' and taken_by = cast(:staff_id as uuid)
