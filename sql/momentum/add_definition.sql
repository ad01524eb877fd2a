-- Store a definition. Rows: one inserted.
insert into score_definitions (name, spec)
values (:name, cast(:spec as jsonb))
