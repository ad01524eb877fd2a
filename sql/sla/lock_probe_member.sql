-- One row: nobody else makes the synthetic member until this transaction is over.
select pg_advisory_xact_lock(hashtextextended('bee probe member', 0))
