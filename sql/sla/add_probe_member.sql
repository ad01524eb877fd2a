-- The synthetic member. Rows: one inserted.
insert into members (id, external_id, time_zone, joined_on, is_synthetic)
values (:id, cast(:id as text), :time_zone, :joined_on, true)
