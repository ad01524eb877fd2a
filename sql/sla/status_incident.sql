-- At most one row: whether an incident has a published note, and whether its end was told. Index: status_notes_incident.
select
    incidents.id,
    coalesce(bool_or(notes.published_at is not null), false) as is_told,
    coalesce(bool_or(notes.kind = 'resolved' and notes.published_at is not null), false) as is_resolved
from status_incidents as incidents
left join status_notes as notes on notes.incident = incidents.id and notes.withdrawn_at is null
where incidents.id = :id
group by incidents.id
