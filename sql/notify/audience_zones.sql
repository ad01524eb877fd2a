-- A row a time zone in which somebody lives, by name.
select distinct time_zone from members where not is_synthetic order by time_zone
