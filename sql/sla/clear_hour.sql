-- Take away what an hour came to, so that it is made anew. Rows: one an objective and what it was charged to.
-- Index: objective_hours_pkey, by :objectives.
delete from objective_hours
where objective = any(cast(:objectives as text[])) and hour = :hour
