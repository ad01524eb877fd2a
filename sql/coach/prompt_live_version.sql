-- At most one row: the version of a prompt that was live in an environment at a moment.
-- Index: coach_prompt_deployments_one_live.
select
    versions.id,
    versions.prompt,
    versions.number,
    cast(versions.body as text) as body,
    versions.model,
    cast(versions.parameters as text) as parameters,
    versions.sha256,
    versions.author_id,
    versions.message,
    versions.created_at
from coach_prompt_places as places
inner join coach_prompt_deployments as deployments
    on int4range(deployments.place, deployments.place, '[]') && int4range(places.place, places.place, '[]')
    and tstzrange(deployments.live_from, deployments.live_to) @> coalesce(cast(:at as timestamptz), now())
inner join coach_prompt_versions as versions on versions.id = deployments.version_id
where places.prompt = :prompt and places.environment = :environment
