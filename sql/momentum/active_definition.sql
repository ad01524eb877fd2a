-- At most one row: the definition that scores now. Index: score_definition_activations_pkey.
select score_definitions.name, cast(score_definitions.spec as text) as spec
from score_definition_activations as activation
inner join score_definitions on score_definitions.name = activation.definition
order by activation.id desc
limit 1
