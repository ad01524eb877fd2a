-- Assign members to a coach or to nobody. Rows: those that changed. Index: members_number_key.
update members
set coach_id = cast(:coach_id as uuid)
where number = any(cast(:numbers as bigint[])) and coach_id is distinct from cast(:coach_id as uuid)
