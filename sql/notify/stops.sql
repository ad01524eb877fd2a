-- A row a switch that is thrown, by rule; null is everything's. Index: notification_stops_rule.
select rule
from (
    select distinct on (rule) rule, is_stopped
    from notification_stops
    order by rule, id desc
) as newest
where is_stopped
order by rule
