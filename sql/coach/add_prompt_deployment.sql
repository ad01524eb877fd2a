-- Rows: the deployment that begins now. Index: coach_prompt_places_key, coach_prompt_versions_number_key.
insert into coach_prompt_deployments (place, prompt, version_id, live_from, deployed_by, reason)
select places.place, places.prompt, versions.id, now(), cast(:deployed_by as uuid), :reason
from coach_prompt_places as places
inner join coach_prompt_versions as versions on versions.prompt = places.prompt
where places.prompt = :prompt and places.environment = :environment and versions.number = :number
