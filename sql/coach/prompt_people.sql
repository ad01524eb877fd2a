-- One row somebody who wrote a version of a prompt, asked for it to go live or decided so. By id. Index: staff_pkey.
select id, full_name
from staff
where id in (
    select author_id from coach_prompt_versions where prompt = :prompt
    union
    select asked_by from coach_prompt_promotions where prompt = :prompt
    union
    select deployed_by from coach_prompt_deployments where prompt = :prompt
)
order by id
