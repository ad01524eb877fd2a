-- A row an outcome of posts to devices in the last day, the most frequent first. Index: notification_outcomes_pkey; scanned.
select outcome, count(*) as posts, max(answered_at) as last_at
from notification_outcomes
where answered_at > cast(:now as timestamptz) - interval '1 day'
group by outcome
order by posts desc, outcome
