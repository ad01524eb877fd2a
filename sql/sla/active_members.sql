-- One row: how many members there are who have not left, synthetic ones left out. Index: none; members are scanned.
select count(*) as members
from members
where left_on is null and not is_synthetic
