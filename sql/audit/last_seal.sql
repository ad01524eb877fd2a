-- At most one row: the newest seal. Index: audit_seals_pkey.
select
    id,
    cast(cast(through_transaction as text) as bigint) as through_transaction,
    through_id,
    rows_sealed,
    previous,
    digest
from audit_seals
order by id desc
limit 1
