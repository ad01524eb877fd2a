-- DuckDB. One row a member: an enrolment that has events, by number of the enrolment. Three in the published data
-- unregistered before they registered or clicked: they leave on the day they join.
with joining as (
    select
        enrolments.*,
        population.events,
        population.first_on,
        least(coalesce(registered_on, first_on), first_on) as joined_on,
        coalesce(unregistered_on, ends_on) as ended_on
    from enrolments
    join population using (enrolment)
)
select
    enrolment,
    external_id,
    joined_on,
    greatest(ended_on, joined_on) as left_on,
    cast(
        json_object(
            'module', code_module,
            'presentation', code_presentation,
            'presentation_start', cast(starts_on as varchar),
            'presentation_end', cast(ends_on as varchar),
            'gender', gender,
            'region', region,
            'education', highest_education,
            'age_band', age_band,
            'disability', disability,
            'final_result', final_result
        ) as varchar
    ) as attributes,
    events,
    first_on
from joining
order by enrolment
