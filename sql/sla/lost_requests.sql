-- One row: how many requests could not be kept, as far as it is remembered. Index: none; there are few.
select coalesce(cast(sum(requests) as bigint), 0) as requests
from service_gaps
