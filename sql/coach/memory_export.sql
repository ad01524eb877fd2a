-- One row a memory of a member that was ever accepted, ended ones included. The newest first. Index: coach_memory_member.
select id, trait_key, trait_value, source, valid_from, valid_to
from coach_memory
where user_id = cast(:user_id as uuid) and status = 'accepted'
order by valid_from desc, id
