-- One row: how many acts lie behind the last seal. Index: audit_log_order.
select count(*)
from audit_log
where (transaction, id) > (cast(cast(:after_transaction as text) as xid8), cast(:after_id as bigint))
