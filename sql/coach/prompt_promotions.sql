-- One row a request for a version of a prompt to go live, with what became of it. Newest first.
-- Index: coach_prompt_promotions_place, coach_prompt_promotions_pkey.
select
    promotions.id,
    promotions.prompt,
    places.environment,
    versions.number,
    versions.sha256,
    versions.author_id,
    promotions.asked_by,
    promotions.asked_at,
    promotions.reason,
    decisions.outcome,
    decisions.decided_by,
    decisions.decided_at,
    decisions.reason as decision
from coach_prompt_promotions as promotions
inner join coach_prompt_places as places on places.place = promotions.place
inner join coach_prompt_versions as versions on versions.id = promotions.version_id
left join coach_prompt_decisions as decisions on decisions.promotion_id = promotions.id
where (cast(:prompt as text) is null or promotions.prompt = :prompt)
    and (cast(:environment as text) is null or places.environment = :environment)
    and (cast(:id as uuid) is null or promotions.id = :id)
order by promotions.asked_at desc, promotions.id
