-- Append a seal. Rows: one inserted; a fork of the chain violates audit_seals_chain_does_not_fork.
insert into audit_seals (through_transaction, through_id, rows_sealed, previous, digest)
values (cast(cast(:through_transaction as text) as xid8), :through_id, :rows_sealed, :previous, :digest)
