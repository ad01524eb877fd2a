-- A row a channel and receiver who was told of an alert, in that order. Index: alert_messages_pkey.
select distinct channel, receiver
from alert_messages
where alert = :alert and step > 0
order by channel, receiver
