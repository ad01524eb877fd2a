-- Forget the acts that were sealed before :before, as the owner of the tables. At most one row: the seal on which the chain
-- goes on, and how many acts and seals are gone; none where there was nothing to forget. Index: audit_log_order.
select seal_id, digest, acts, seals
from bee_forget_acts(cast(:before as timestamptz))
