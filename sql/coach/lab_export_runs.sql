-- One row a run that is over and of which no review is open, as a line of a file: versions of prompts by digest, those of
-- cases by case and number, people by address. In the order in which they were asked for. Indexes: coach_runs_number_key,
-- coach_run_cases_pkey, coach_run_outputs_once.
select
    jsonb_build_object(
        'type', 'run',
        'id', runs.id,
        'prompt', runs.prompt,
        'candidate', candidate.sha256,
        'baseline', baseline.sha256,
        'cases_as_of', runs.cases_as_of,
        'tag', runs.tag,
        'repeats', runs.repeats,
        'reuses_answers', runs.reuses_answers,
        'most_usd', runs.most_usd,
        'seed', runs.seed,
        'checker', runs.checker,
        'requested_by', requester.email,
        'requested_at', runs.requested_at,
        'outcome', ends.outcome,
        'said', ends.said,
        'ended_by', ender.email,
        'ended_at', ends.ended_at,
        'cases', (
            select jsonb_agg(jsonb_build_array(cases.case_id, cases.version) order by cases.case_id)
            from coach_run_cases
            inner join coach_cases as cases on cases.id = coach_run_cases.case_id
            where coach_run_cases.run_id = runs.id
        ),
        'outputs', (
            select
                coalesce(
                    jsonb_agg(
                        to_jsonb(outputs) - array['run_id', 'case_id', 'is_safe', 'passes']
                        || jsonb_build_object('case', jsonb_build_array(cases.case_id, cases.version))
                        order by cases.case_id, outputs.arm, outputs.repeat
                    ),
                    '[]'
                )
            from coach_run_outputs as outputs
            inner join coach_cases as cases on cases.id = outputs.case_id
            where outputs.run_id = runs.id
        )
    ) as line
from coach_runs as runs
inner join coach_run_ends as ends on ends.run_id = runs.id
inner join coach_prompt_versions as candidate on candidate.id = runs.candidate_id
left join coach_prompt_versions as baseline on baseline.id = runs.baseline_id
inner join staff as requester on requester.id = runs.requested_by
left join staff as ender on ender.id = ends.ended_by
where not exists (
    select from coach_reviews as reviews
    where reviews.run_id = runs.id
        and not exists (select from coach_review_ends as done where done.review_id = reviews.id)
)
order by runs.number
