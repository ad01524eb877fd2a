-- Say what came of a task that is open. Rows: one, or none where it is done, gone, another coach's, or about danger.
-- Index: coach_interventions_pkey.
update coach_interventions
set
    done_at = cast(:now as timestamptz),
    done_by = cast(:staff_id as uuid),
    outcome = :outcome,
    note = :note
where id = cast(:id as uuid) and done_at is null and safety_event_id is null
