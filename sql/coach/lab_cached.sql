-- At most one row: the newest answer that a model gave to the same question, asked for the same time over.
-- Index: coach_run_outputs_cache.
select text
from coach_run_outputs
where cache_key = :cache_key and not is_cached and not is_screened and error is null
order by created_at desc, id
limit 1
