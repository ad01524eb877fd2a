-- One row: the number of a note that is not published yet.
insert into status_notes (incident, kind, title, body, written_by)
values (:incident, :kind, :title, :body, cast(:by as uuid))
returning id
