-- One row an event of the batch whose id another event of that member has: other type, time or metadata.
-- In order of member and id. Index: the primary key (user_id, id).
select incoming.user_id, incoming.id
from incoming
join engagement_events as known on known.user_id = incoming.user_id and known.id = incoming.id
where known.event_type <> incoming.event_type
    or known.occurred_at <> incoming.occurred_at
    or known.metadata <> cast(incoming.metadata as jsonb)
order by incoming.user_id, incoming.id
