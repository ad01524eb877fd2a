-- One row: the memory that says in other words what another one said, which has ended or was rejected.
-- Index: coach_memory_pkey.
insert into coach_memory
    (user_id, trait_key, trait_value, source, status, valid_from, message_id, replaces, decided_by, decided_at)
select
    user_id, trait_key, :value, 'coach', 'accepted', cast(:now as timestamptz), message_id, id, cast(:staff_id as uuid),
    cast(:now as timestamptz)
from coach_memory
where id = cast(:id as uuid)
returning id
