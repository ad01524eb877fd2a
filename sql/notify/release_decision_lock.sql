-- One row: whether the lock was this session's to give back.
select pg_advisory_unlock(hashtextextended('bee notify', 0))
