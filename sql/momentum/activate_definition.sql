-- Let a definition score from now on. Rows: one inserted.
insert into score_definition_activations (definition)
values (:definition)
