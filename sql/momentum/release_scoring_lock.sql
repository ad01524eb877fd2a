-- One row: whether the lock was held and is given back.
select pg_advisory_unlock(hashtextextended('bee scoring', 0))
