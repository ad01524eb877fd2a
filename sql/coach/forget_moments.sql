-- Rows: what answers before a moment rested on, removed. Index: coach_moments_day.
delete from coach_moments
where created_at < cast(:before as timestamptz)
