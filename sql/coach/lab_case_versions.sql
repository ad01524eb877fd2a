-- One row a version of a case. Newest first. Index: coach_cases_version_key.
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
where cases.case_id = cast(:case_id as uuid)
order by cases.version desc
