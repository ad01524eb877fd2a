-- One row a version of a case as a line of a file, people by address. By case and version. Index: coach_cases_version_key.
select
    jsonb_build_object(
        'type', 'case',
        'case_id', cases.case_id,
        'version', cases.version,
        'title', cases.title,
        'kind', cases.kind,
        'category', cases.category,
        'state', cases.state,
        'memories', cases.memories,
        'recent', cases.recent,
        'message', cases.message,
        'tags', cases.tags,
        'source', cases.source,
        'taken_from', cases.taken_from,
        'mask_version', cases.mask_version,
        'confirmed_by', confirmer.email,
        'confirmed_at', cases.confirmed_at,
        'author', author.email,
        'is_retired', cases.is_retired
    ) as line
from coach_cases as cases
left join staff as author on author.id = cases.author_id
left join staff as confirmer on confirmer.id = cases.confirmed_by
order by cases.case_id, cases.version
