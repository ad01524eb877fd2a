-- At most one row: what held of the same trait as a proposal, ended now. Index: coach_memory_current.
update coach_memory as held
set
    valid_to = greatest(cast(:now as timestamptz), held.valid_from + interval '1 microsecond'),
    decided_by = cast(:staff_id as uuid),
    decided_at = cast(:now as timestamptz)
from coach_memory as proposal
where proposal.id = cast(:id as uuid)
    and held.id <> proposal.id
    and held.user_id = proposal.user_id
    and held.trait_key = proposal.trait_key
    and held.status = 'accepted'
    and held.valid_to is null
returning held.id
