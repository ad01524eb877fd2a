-- Say that a message could not be delivered and comes back later. Rows: one. Index: outbox_pkey.
update outbox
set attempts = attempts + 1, last_error = :error, available_at = now() + make_interval(secs => :retry_s)
where id = :id
