-- Say that the totals of days are no longer right. Rows: those not said before. Index: stale_days_pkey.
insert into stale_days (score_date)
select stale.score_date
from unnest(cast(:days as date[])) as stale (score_date)
order by stale.score_date
on conflict do nothing
