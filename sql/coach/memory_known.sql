-- One row a trait of a member that need not be proposed: it holds, waits for a decision, or was rejected. The newest first.
-- Index: coach_memory_member.
select trait_key as key, trait_value as value
from coach_memory
where user_id = cast(:user_id as uuid)
    and (status <> 'accepted' or valid_to is null or valid_to > cast(:now as timestamptz))
order by created_at desc, id
limit cast(:most as integer)
