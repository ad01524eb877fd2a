-- The synthetic member. Rows: one inserted, none where somebody has that id. Index: members_pkey.
insert into members (id, external_id, time_zone, joined_on, is_synthetic)
values (:id, cast(:id as text), :time_zone, :joined_on, true)
on conflict (id) do nothing
