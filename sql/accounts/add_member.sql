-- Whoever signs up is a member from that day on. Rows: one inserted.
insert into members (id, external_id, time_zone, joined_on)
values (:id, cast(:id as text), :time_zone, :joined_on)
