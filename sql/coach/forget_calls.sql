-- Rows: the calls of models that began before a moment, removed. Index: coach_model_calls_day.
delete from coach_model_calls
where started_at < cast(:before as timestamptz)
