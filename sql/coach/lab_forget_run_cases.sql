-- Forget which cases a run that comes in was over: the file says it better. Rows: those removed. Index:
-- coach_run_cases_pkey.
delete from coach_run_cases where run_id = cast(:run_id as uuid)
