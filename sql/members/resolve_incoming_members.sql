-- Finds for each incoming row the member and the coach it means: the id decides before the external id.
-- Index: members by id and by external_id, staff by email.
update incoming_members as incoming
set member_id = coalesce(incoming.id, known.id, incoming.fresh_id), coach_id = coach.id
from incoming_members as self
left join members as known on known.external_id = self.external_id
left join staff as coach on coach.email = self.coach_email and coach.is_active and 'coach' = any(coach.roles)
where self.line = incoming.line
