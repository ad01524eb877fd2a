-- Waits until no other process is filling this database with demo members; held to the end of the transaction.
select pg_advisory_xact_lock(7126551230417)
