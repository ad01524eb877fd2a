-- A row a minute that was marked as stale and now is not, oldest first, :most at most. What is being added to is left for
-- the next time. Index: stale_minutes_pkey.
with taken as (
    delete from stale_minutes
    where minute in (
        select minute
        from stale_minutes
        order by minute
        limit :most
        for update skip locked
    )
    returning minute
)

select minute
from taken
order by minute
