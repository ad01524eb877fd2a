-- Keep what was late in a minute; :ages is JSON, a list of signal, subject and age_s. Rows: one each.
-- Index: alert_signals_pkey.
insert into alert_signals (minute, signal, subject, age_s)
select cast(:minute as timestamptz), ages.signal, ages.subject, ages.age_s
from jsonb_to_recordset(cast(:ages as jsonb)) as ages (signal text, subject text, age_s double precision)
order by ages.signal, ages.subject
