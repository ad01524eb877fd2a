-- One row a trait of a member that is accepted and valid, as somebody on the staff sees it. Newest first.
-- Index: coach_memory_current.
select id, trait_key, trait_value
from coach_memory
where user_id = cast(:user_id as uuid)
    and status = 'accepted'
    and valid_from <= cast(:now as timestamptz)
    and (valid_to is null or valid_to > cast(:now as timestamptz))
order by valid_from desc, id
limit cast(:limit as integer)
