-- One row a version of a prompt. Newest first. Index: coach_prompt_versions_number_key.
select
    id,
    prompt,
    number,
    cast(body as text) as body,
    model,
    cast(parameters as text) as parameters,
    sha256,
    author_id,
    message,
    created_at
from coach_prompt_versions
where prompt = :prompt
order by number desc
