-- A row a kind of job, in order of name. Index: jobs_history, one probe a kind.
with recursive kinds as (
    select min(kind) as kind
    from jobs
    union all
    select (select min(jobs.kind) from jobs where jobs.kind > kinds.kind)
    from kinds
    where kinds.kind is not null
)
select kind
from kinds
where kind is not null
order by kind
