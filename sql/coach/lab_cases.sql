-- One row a case: its newest version, retired or not. By kind, then title. Index: coach_cases_version_key.
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
from coach_cases as cases
left join staff as author on author.id = cases.author_id
where not exists (
    select from coach_cases as later
    where later.case_id = cases.case_id and later.version > cases.version
)
order by cases.kind, cases.title, cases.case_id
