-- Whoever signs up is a member from that day on; among demo members, another one: somebody who tries the app there is
-- no real person of the installation. Rows: one inserted. Index: none; stops at the first member.
insert into members (id, external_id, time_zone, joined_on, is_demo)
select
    :id, cast(:id as text), :time_zone, :joined_on,
    exists (select from members where is_demo)
    and not exists (select from members where not is_demo and not is_synthetic)
