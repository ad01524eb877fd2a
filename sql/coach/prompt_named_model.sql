-- At most one row: the model that the settings of an environment named last. Index: coach_named_models_newest.
select model
from coach_named_models
where environment = :environment
order by id desc
limit 1
