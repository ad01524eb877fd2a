-- DuckDB. One row a submission that is no event: its place among the rows of the file (from 1), why, and its text.
with placed as (
    select row_number() over () as place, *
    from submissions
),
checked as (
    select
        placed.place,
        case
            when assessment.id_assessment is null then 'no such assessment'
            when enrolments.enrolment is null then 'no such enrolment'
            when try_cast(placed.date_submitted as integer) is null then 'date_submitted is not a number'
            when try_cast(placed.is_banked as integer) is null then 'is_banked is not a number'
            when not (
                enrolments.starts_on + try_cast(placed.date_submitted as integer)
                between date '2000-01-02' and cast($through as date)
            ) then 'date_submitted lies before 2000 or in the future'
        end as reason,
        concat_ws(
            ',', placed.id_assessment, placed.id_student, placed.date_submitted, placed.is_banked
        ) as raw
    from placed
    left join (
        select distinct on (id_assessment)
            try_cast(id_assessment as integer) as id_assessment, code_module, code_presentation
        from assessments
    ) as assessment on assessment.id_assessment = try_cast(placed.id_assessment as integer)
    left join enrolments
        on enrolments.id_student = try_cast(placed.id_student as integer)
        and enrolments.code_module = assessment.code_module
        and enrolments.code_presentation = assessment.code_presentation
)
select place, reason, raw
from checked
where reason is not null
order by place
