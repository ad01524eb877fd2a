-- Rows: the version added. Index: coach_prompt_versions_number_key.
insert into coach_prompt_versions (prompt, number, body, model, parameters, sha256, author_id, message)
values (
    :prompt,
    :number,
    cast(:body as jsonb),
    :model,
    cast(:parameters as jsonb),
    :sha256,
    cast(:author_id as uuid),
    :message
)
