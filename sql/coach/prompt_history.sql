-- A row a thing that was done to a prompt, newest first: a version that was written, and, in an environment, asked for,
-- decided about, or live from then on. Who is nobody came with the program. Index: coach_prompt_versions_number_key,
-- coach_prompt_promotions_place, coach_prompt_places_key.
with acts as (
    select
        versions.created_at as at,
        1 as step,
        'added' as act,
        versions.number,
        versions.author_id as who_id,
        versions.message as words
    from coach_prompt_versions as versions
    where versions.prompt = :prompt
    union all
    select promotions.asked_at, 2, 'asked', versions.number, promotions.asked_by, promotions.reason
    from coach_prompt_places as places
    inner join coach_prompt_promotions as promotions on promotions.place = places.place
    inner join coach_prompt_versions as versions on versions.id = promotions.version_id
    where places.prompt = :prompt and places.environment = :environment
    union all
    select decisions.decided_at, 3, decisions.outcome, versions.number, decisions.decided_by, decisions.reason
    from coach_prompt_places as places
    inner join coach_prompt_promotions as promotions on promotions.place = places.place
    inner join coach_prompt_decisions as decisions on decisions.promotion_id = promotions.id
    inner join coach_prompt_versions as versions on versions.id = promotions.version_id
    where places.prompt = :prompt and places.environment = :environment and decisions.outcome <> 'approved'
    union all
    select
        deployments.live_from,
        4,
        case
            when deployments.back_to is not null then 'rolled_back'
            when deployments.promotion_id is not null then 'promoted'
            else 'shipped'
        end,
        versions.number,
        deployments.deployed_by,
        deployments.reason
    from coach_prompt_places as places
    inner join coach_prompt_deployments as deployments on deployments.place = places.place
    inner join coach_prompt_versions as versions on versions.id = deployments.version_id
    where places.prompt = :prompt and places.environment = :environment
)

select acts.at, acts.act, acts.number, acts.who_id, staff.full_name as who_name, acts.words
from acts
left join staff on staff.id = acts.who_id
order by acts.at desc, acts.step desc, acts.number desc
