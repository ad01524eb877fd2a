-- One row. What is done to one prompt is done one after the other; the lock ends with the transaction. Index: none.
select pg_advisory_xact_lock(hashtextextended('prompt:' || :prompt, 0))
