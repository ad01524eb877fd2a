-- Store a version of a case. Rows: one. Index: coach_cases_version_key.
insert into coach_cases
    (case_id, version, title, kind, category, state, memories, recent, message, tags, source, taken_from, mask_version,
        confirmed_by, confirmed_at, author_id, is_retired)
values
    (cast(:case_id as uuid), :version, :title, :kind, :category, :state, cast(:memories as jsonb), cast(:recent as jsonb),
        :message, :tags, :source, cast(:taken_from as uuid), :mask_version, cast(:confirmed_by as uuid),
        cast(:confirmed_at as timestamptz), cast(:author_id as uuid), :is_retired)
