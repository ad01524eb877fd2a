-- One row. Requests of one member are stored one after the other; the lock ends with the transaction. Index: none.
select pg_advisory_xact_lock(hashtextextended('coach:' || cast(:user_id as text), 0))
