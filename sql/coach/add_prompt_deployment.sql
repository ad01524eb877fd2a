-- Rows: the deployment that begins now, the one before it ending. Index: coach_prompt_places_key,
-- coach_prompt_versions_number_key.
insert into coach_prompt_deployments
    (place, prompt, version_id, deployed_by, promotion_id, back_to, run_id, reason)
select
    places.place,
    places.prompt,
    versions.id,
    cast(:deployed_by as uuid),
    cast(:promotion_id as uuid),
    cast(:back_to as bigint),
    cast(:run_id as uuid),
    :reason
from coach_prompt_places as places
inner join coach_prompt_versions as versions on versions.prompt = places.prompt
where places.prompt = :prompt and places.environment = :environment and versions.number = :number
