-- One row: whether a run is over. Index: coach_run_ends_pkey.
select exists (select from coach_run_ends where run_id = cast(:run_id as uuid)) as is_over
