-- A row a minute that was watched from :since and before :until, in order. Index: alert_passes_pkey.
select minute
from alert_passes
where minute >= cast(:since as timestamptz) and minute < cast(:until as timestamptz)
order by minute
