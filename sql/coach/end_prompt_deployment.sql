-- Rows: the deployment that ends now, or none. Index: coach_prompt_places_key.
update coach_prompt_deployments
set live_to = now()
where live_to is null
    and place in (select place from coach_prompt_places where prompt = :prompt and environment = :environment)
