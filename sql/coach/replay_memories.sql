-- One row a memory with one of these ids, whatever became of it since. In order of id. Index: coach_memory_pkey.
select id, trait_key, trait_value
from coach_memory
where id = any(cast(:ids as uuid[]))
order by id
