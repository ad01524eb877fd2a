-- Say which model the settings of an environment name. Rows: one, or none where that is what was said last.
-- Index: coach_named_models_newest.
insert into coach_named_models (environment, model)
select :environment, :model
where cast(:model as text) is distinct from (
    select named.model
    from coach_named_models as named
    where named.environment = :environment
    order by named.id desc
    limit 1
)
