-- At most one row: the kind and title of a note that is withdrawn now; none where it was before. Index: status_notes_pkey.
update status_notes
set withdrawn_at = clock_timestamp(), withdrawn_by = cast(:by as uuid), withdrawn_because = :because
where id = :id and withdrawn_at is null
returning incident, kind, title
