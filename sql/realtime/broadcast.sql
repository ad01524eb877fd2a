-- Tell every process of the API what is to be broadcast. Rows: one, void.
select pg_notify('bee_realtime', :message)
