-- DuckDB. One row a click row that is no event: its place among the rows of the file (from 1), why, and its text.
with placed as (
    select row_number() over () as place, *
    from clicks
),
checked as (
    select
        placed.place,
        case
            when enrolments.enrolment is null then 'no such enrolment'
            when try_cast(placed.id_site as integer) is null then 'id_site is not a number'
            when try_cast(placed.sum_click as integer) is null then 'sum_click is not a number'
            when try_cast(placed.date as integer) is null then 'date is not a number'
            when not (
                enrolments.starts_on + try_cast(placed.date as integer)
                between date '2000-01-02' and cast($through as date)
            ) then 'date lies before 2000 or in the future'
        end as reason,
        concat_ws(
            ',', placed.code_module, placed.code_presentation, placed.id_student, placed.id_site, placed.date,
            placed.sum_click
        ) as raw
    from placed
    left join enrolments
        on enrolments.id_student = try_cast(placed.id_student as integer)
        and enrolments.code_module = placed.code_module
        and enrolments.code_presentation = placed.code_presentation
)
select place, reason, raw
from checked
where reason is not null
order by place
