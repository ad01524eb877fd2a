-- DuckDB. One row an enrolment: a student in a presentation of a module. Presentations B start in February, J in October.
-- Numbered in the order of the id that a new member gets, so that the rows reach the primary key's index in order.
create table enrolments as
with presentations as (
    select
        code_module,
        code_presentation,
        try_cast(module_presentation_length as integer) as length_days,
        try_cast(
            code_presentation[1:4] || case code_presentation[5:] when 'B' then '-02-01' when 'J' then '-10-01' end
            as date
        ) as starts_on
    from courses
),
enrolled as (
    select distinct on (code_module, code_presentation, id_student)
        code_module,
        code_presentation,
        try_cast(id_student as integer) as id_student,
        code_module || '-' || code_presentation || '-' || try_cast(id_student as integer) as external_id,
        try_cast(date_registration as integer) as registered_day,
        try_cast(date_unregistration as integer) as unregistered_day
    from registrations
)
select
    cast(row_number() over (order by uuid_text(sha1(cast($members as blob) || encode(external_id)))) as integer) as enrolment,
    code_module,
    code_presentation,
    id_student,
    external_id,
    starts_on,
    starts_on + length_days as ends_on,
    starts_on + registered_day as registered_on,
    starts_on + unregistered_day as unregistered_on,
    gender,
    region,
    highest_education,
    age_band,
    disability,
    final_result
from enrolled
join presentations using (code_module, code_presentation)
left join (
    select distinct on (code_module, code_presentation, id_student)
        code_module, code_presentation, try_cast(id_student as integer) as id_student,
        gender, region, highest_education, age_band, disability, final_result
    from students
) using (code_module, code_presentation, id_student)
where starts_on is not null and length_days is not null and id_student is not null
