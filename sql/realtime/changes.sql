-- A row a change of :members (null: of anybody) that this transaction sees and the snapshot :since did not, in order of
-- id, behind :after. Index: outbox_changes.
select
    id,
    payload ->> 'table' as table_name,
    payload ->> 'type' as kind,
    cast(payload ->> 'user_id' as uuid) as user_id,
    payload -> 'key' as key,
    created_at as happened_at
from outbox
where
    topic = 'realtime.change'
    and transaction >= pg_snapshot_xmin(cast(:since as pg_snapshot))
    and not pg_visible_in_snapshot(transaction, cast(:since as pg_snapshot))
    and id > :after
    and (
        cast(:members as uuid[]) is null
        or cast(payload ->> 'user_id' as uuid) = any(cast(:members as uuid[]))
    )
order by id
limit :most
