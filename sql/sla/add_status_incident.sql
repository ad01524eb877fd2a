-- One row: the number of an incident that the public is told of.
insert into status_incidents (began_at, alert, opened_by)
values (:began_at, cast(:alert as bigint), cast(:by as uuid))
returning id
