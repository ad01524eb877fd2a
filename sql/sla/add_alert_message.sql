-- Say that something was told of an alert. One row: the key under which it leaves, none where it was told before.
-- Index: alert_messages_pkey.
insert into alert_messages (alert, round, step, channel, receiver, queued_at)
values (:alert, :round, :step, :channel, :receiver, :queued_at)
on conflict (alert, round, step, channel, receiver) do nothing
returning dedupe_key
