-- At most one row: the kind and title of a note that is published now; none where it was before, or was withdrawn.
-- Index: status_notes_pkey.
update status_notes
set published_at = clock_timestamp(), published_by = cast(:by as uuid)
where id = :id and published_at is null and withdrawn_at is null
returning incident, kind, title
