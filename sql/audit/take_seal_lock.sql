-- One row: whether this transaction is now the only one that seals. Held until it ends.
select pg_try_advisory_xact_lock(hashtextextended('bee audit seal', 0))
