-- Rows: one where the task that a safety event had become was open. Index: coach_interventions_safety_event_key.
update coach_interventions
set done_at = cast(:now as timestamptz), done_by = cast(:staff_id as uuid), outcome = :outcome
where safety_event_id = cast(:event_id as uuid) and done_at is null
