-- Say when maintenance is instead. Rows: one inserted.
insert into service_maintenance_changes (amendment, kind, starts_at, ends_at, reason, changed_by)
values (:id, :kind, :starts_at, :ends_at, :reason, cast(:by as uuid))
