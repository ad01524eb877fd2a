-- A row a trait that the coach remembers and that whoever asks may see, newest first, behind a place.
-- Index: coach_memory_current.
select id, user_id, trait_key, trait_value, source, valid_from, valid_to, created_at
from coach_memory
where
    cast(:at as timestamptz) is null
    or (created_at, id) < (cast(:at as timestamptz), cast(:id as uuid))
order by created_at desc, id desc
limit :most
