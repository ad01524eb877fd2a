-- One row: how many members there are, and how many of them are demo members. Index: none, reads members once.
select
    count(*) as members,
    count(*) filter (where is_demo) as demo_members
from members
where not is_synthetic
