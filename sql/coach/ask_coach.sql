-- Rows: one where a safety event becomes a task of the member's coach, none where it was one already.
-- Index: coach_interventions_safety_event_key.
insert into coach_interventions (user_id, safety_event_id, coach_id, priority, created_at, due_at)
select
    members.id, cast(:event_id as uuid), members.coach_id, 'urgent', cast(:now as timestamptz), cast(:due_at as timestamptz)
from members
where members.id = cast(:user_id as uuid)
on conflict (safety_event_id) do nothing
