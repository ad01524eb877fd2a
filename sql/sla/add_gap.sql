-- Say that requests of a minute could not be kept. Rows: one, or none when it was said before. Index: service_gaps_pkey.
insert into service_gaps (id, minute, requests)
values (:id, :minute, :requests)
on conflict (id) do nothing
