-- Say what became of a push that a prober asked for. Rows: one, or none where another worker took it. Index: probe_pushes_pkey.
update probe_pushes
set taken_at = clock_timestamp(), outcome = :outcome
where id = :id and taken_at is null
