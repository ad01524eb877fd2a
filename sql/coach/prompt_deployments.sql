-- One row a time for which a version of a prompt was live in an environment. Newest first.
-- Index: coach_prompt_places_key.
select
    deployments.id,
    versions.number,
    versions.sha256,
    deployments.live_from,
    deployments.live_to,
    deployments.deployed_by,
    deployments.promotion_id,
    deployments.back_to,
    deployments.run_id,
    deployments.reason
from coach_prompt_places as places
inner join coach_prompt_deployments as deployments on deployments.place = places.place
inner join coach_prompt_versions as versions on versions.id = deployments.version_id
where places.prompt = :prompt and places.environment = :environment
order by deployments.id desc
