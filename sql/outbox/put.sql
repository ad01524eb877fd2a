-- Queue a message. Rows: one inserted, or none when its key was queued before. Index: outbox_dedupe_key_key.
insert into outbox (topic, dedupe_key, payload)
values (:topic, :dedupe_key, cast(:payload as jsonb))
on conflict (dedupe_key) do nothing
