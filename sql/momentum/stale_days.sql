-- A row a day whose totals are no longer right, in order.
select score_date
from stale_days
order by score_date
