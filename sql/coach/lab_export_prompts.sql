-- One row a version of a prompt as a line of a file, its author by address. By prompt and number.
-- Index: coach_prompt_versions_number_key.
select
    jsonb_build_object(
        'type', 'prompt',
        'prompt', versions.prompt,
        'number', versions.number,
        'body', versions.body,
        'model', versions.model,
        'parameters', versions.parameters,
        'sha256', versions.sha256,
        'author', author.email,
        'message', versions.message
    ) as line
from coach_prompt_versions as versions
left join staff as author on author.id = versions.author_id
order by versions.prompt, versions.number
