-- At most one row: the message that has been due longest, locked until the transaction ends.
-- Index: outbox_waiting.
select id, topic, payload, attempts
from outbox
where delivered_at is null and available_at <= now() and topic = any(cast(:topics as text[]))
order by available_at, id
limit 1
for update skip locked
