-- One row: whether this session is now the only one that decides. Held until it is given back or the session ends.
select pg_try_advisory_lock(hashtextextended('bee notify', 0))
