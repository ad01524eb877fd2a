-- A row an act of an alert, newest first: what became of it and what people did. Index: alert_acts_alert.
select acts.kind, acts.done_at, acts.done_by, doer.full_name as done_name, acts.until, acts.is_actionable, acts.note
from alert_acts as acts
left join staff as doer on doer.id = acts.done_by
where acts.alert = :alert
order by acts.id desc
