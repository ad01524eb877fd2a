-- A row an act that one seal covers, in sealing order. Index: audit_log_order.
select
    id,
    at,
    cast(cast(transaction as text) as bigint) as transaction,
    actor_kind,
    actor_id,
    action,
    subject_kind,
    subject_id,
    cast(before as text) as before,
    cast(after as text) as after,
    reason
from audit_log
where
    (transaction, id) > (cast(cast(:after_transaction as text) as xid8), cast(:after_id as bigint))
    and (transaction, id) <= (cast(cast(:through_transaction as text) as xid8), cast(:through_id as bigint))
order by transaction, id
