-- Forget changes that every process has read or missed for good. Rows: those removed. Index: none; read once a day.
delete from outbox
where topic = 'realtime.change' and created_at < now() - make_interval(hours => :hours)
