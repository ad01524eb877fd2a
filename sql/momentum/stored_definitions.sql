-- A row a definition, by name. Index: score_definitions_pkey.
select name, cast(spec as text) as spec
from score_definitions
order by name
