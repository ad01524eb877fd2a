-- Say that a run that comes in was over a case. Rows: one. Index: coach_run_cases_pkey.
insert into coach_run_cases (run_id, case_id) values (cast(:run_id as uuid), cast(:case_id as uuid))
