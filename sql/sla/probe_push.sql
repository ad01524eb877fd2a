-- At most one row: what became of a push, null while nobody has taken it. Index: probe_pushes_pkey.
select outcome
from probe_pushes
where id = :id
