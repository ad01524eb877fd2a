-- One row: the id of somebody who was added.
insert into staff (email, full_name, roles, created_by)
values (:email, :full_name, cast(:roles as text[]), cast(:created_by as uuid))
returning id
