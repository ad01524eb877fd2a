-- One row: the id of the request; none where there is no such version or place. Index: coach_prompt_places_key,
-- coach_prompt_versions_number_key.
insert into coach_prompt_promotions (place, prompt, version_id, asked_by, reason)
select places.place, places.prompt, versions.id, :asked_by, :reason
from coach_prompt_places as places
inner join coach_prompt_versions as versions on versions.prompt = places.prompt
where places.prompt = :prompt and places.environment = :environment and versions.number = :number
returning id
