-- Rows: one taken, or none when it is not open or not for the role. Index: safety_events_pkey.
update safety_events
set status = 'taken', taken_by = cast(:staff_id as uuid), taken_at = cast(:now as timestamptz)
where id = cast(:id as uuid) and status = 'open'
