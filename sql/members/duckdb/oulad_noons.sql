-- DuckDB. One row a day that has events: its noon in London as UTC, as ids and as COPY want it.
create table noons as
with days as (
    select distinct happened_on
    from happenings
),
noons as (
    select happened_on, timezone('UTC', timezone('Europe/London', happened_on + interval 12 hour)) as noon
    from days
)
select happened_on, strftime(noon, '%Y-%m-%dT%H:%M:%S.%fZ') as occurred_at
from noons
