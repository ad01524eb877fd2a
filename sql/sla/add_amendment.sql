-- One row: the number of what is said now of some minutes.
insert into service_amendments (kind, starts_at, ends_at, state, reason, declared_by)
values (:kind, :starts_at, :ends_at, :state, :reason, cast(:declared_by as uuid))
returning id
