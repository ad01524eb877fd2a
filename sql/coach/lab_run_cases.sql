-- One row a version of a case that a run is over. By kind, then title. Index: coach_run_cases_pkey.
select
    cases.id,
    cases.case_id,
    cases.version,
    cases.title,
    cases.kind,
    cases.category,
    cases.state,
    cases.memories,
    cases.recent,
    cases.message,
    cases.tags,
    cases.source,
    cases.confirmed_by,
    cases.author_id,
    author.full_name as author_name,
    cases.is_retired,
    cases.created_at
from coach_run_cases
inner join coach_cases as cases on cases.id = coach_run_cases.case_id
left join staff as author on author.id = cases.author_id
where coach_run_cases.run_id = cast(:run_id as uuid)
order by cases.kind, cases.title, cases.id
