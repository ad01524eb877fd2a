-- Rows: the place added, or none where there is one. Index: coach_prompt_places_key.
insert into coach_prompt_places (prompt, environment)
values (:prompt, :environment)
on conflict do nothing
