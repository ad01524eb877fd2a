-- Say that a message was delivered. Rows: one. Index: outbox_pkey.
update outbox
set delivered_at = now(), attempts = attempts + 1, last_error = null
where id = :id
