-- A row a minute and subject in which a signal was late, from :since and before :until, in that order.
-- Index: alert_signals_signal.
select minute, subject, age_s
from alert_signals
where signal = :signal and minute >= cast(:since as timestamptz) and minute < cast(:until as timestamptz)
order by minute, subject
