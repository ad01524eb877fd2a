-- Say how a run that comes in had ended. Rows: one. Index: coach_run_ends_pkey.
insert into coach_run_ends (run_id, outcome, said, ended_by, ended_at)
values (cast(:run_id as uuid), :outcome, :said, cast(:ended_by as uuid), cast(:ended_at as timestamptz))
