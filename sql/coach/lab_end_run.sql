-- Say how a run ended, unless it did before. Rows: one or none. Index: coach_run_ends_pkey.
insert into coach_run_ends (run_id, outcome, said, ended_by)
values (cast(:run_id as uuid), :outcome, :said, cast(:ended_by as uuid))
on conflict (run_id) do nothing
