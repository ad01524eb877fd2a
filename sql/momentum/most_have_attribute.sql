-- One row: whether more than half of the members have an attribute; null without members. Index: none, reads members once.
select count(*) filter (where attributes ->> cast(:attribute as text) is not null) * 2 > count(*)
from members
where not is_synthetic
