-- Ask for a push. Rows: one inserted.
insert into probe_pushes (id)
values (:id)
