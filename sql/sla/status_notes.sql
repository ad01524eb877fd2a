-- A row a note of an incident that began after :since, also what was withdrawn or never published, the latest incident first
-- and its notes in order. Indexes: none for the incidents, there are few; status_notes_incident.
select
    notes.id,
    notes.incident,
    incidents.began_at,
    incidents.alert,
    notes.kind,
    notes.title,
    notes.body,
    writers.full_name as written_by_name,
    notes.written_at,
    notes.published_at,
    publishers.full_name as published_by_name,
    notes.withdrawn_at,
    withdrawers.full_name as withdrawn_by_name,
    notes.withdrawn_because
from status_notes as notes
inner join status_incidents as incidents on incidents.id = notes.incident
left join staff as writers on writers.id = notes.written_by
left join staff as publishers on publishers.id = notes.published_by
left join staff as withdrawers on withdrawers.id = notes.withdrawn_by
where incidents.began_at > :since
order by incidents.began_at desc, notes.incident desc, notes.id
