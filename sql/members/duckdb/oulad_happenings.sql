-- DuckDB. One row an event, small: whose, of what kind (see oulad_batch), on which day, at which site or assessment,
-- and how many clicks or whether the submission was banked. Repeated rows are real.
create table happenings as
with sites as (
    select distinct on (code_module, code_presentation, id_site)
        code_module,
        code_presentation,
        try_cast(id_site as integer) as id_site,
        case activity_type
            when 'oucontent' then 1
            when 'quiz' then 2
            when 'externalquiz' then 2
            when 'questionnaire' then 2
            when 'forumng' then 3
            when 'oucollaborate' then 3
            when 'ouelluminate' then 3
            when 'ouwiki' then 3
            when 'homepage' then 4
            else 5
        end as kind
    from vle
),
clicked as (
    select
        enrolments.enrolment,
        coalesce(sites.kind, 5) as kind,
        enrolments.starts_on + try_cast(clicks.date as integer) as happened_on,
        try_cast(clicks.id_site as integer) as place,
        try_cast(clicks.sum_click as integer) as amount
    from clicks
    join enrolments
        on enrolments.id_student = try_cast(clicks.id_student as integer)
        and enrolments.code_module = clicks.code_module
        and enrolments.code_presentation = clicks.code_presentation
    left join sites
        on sites.id_site = try_cast(clicks.id_site as integer)
        and sites.code_module = clicks.code_module
        and sites.code_presentation = clicks.code_presentation
),
submitted as (
    select
        enrolments.enrolment,
        0 as kind,
        enrolments.starts_on + try_cast(submissions.date_submitted as integer) as happened_on,
        try_cast(submissions.id_assessment as integer) as place,
        try_cast(submissions.is_banked as integer) as amount
    from submissions
    join (
        select distinct on (id_assessment)
            try_cast(id_assessment as integer) as id_assessment, code_module, code_presentation
        from assessments
    ) as assessment on assessment.id_assessment = try_cast(submissions.id_assessment as integer)
    join enrolments
        on enrolments.id_student = try_cast(submissions.id_student as integer)
        and enrolments.code_module = assessment.code_module
        and enrolments.code_presentation = assessment.code_presentation
)
select enrolment, cast(kind as utinyint) as kind, happened_on, place, amount
from (from clicked union all from submitted)
where place is not null
    and amount is not null
    and happened_on between date '2000-01-02' and cast($through as date)
