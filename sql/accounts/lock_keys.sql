-- One row: nobody else makes a signing key until this transaction is over.
select pg_advisory_xact_lock(hashtextextended('bee signing keys', 0))
