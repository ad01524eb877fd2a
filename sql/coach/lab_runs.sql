-- One row a run, or the one, newest first: what was asked for, how far it is, how it ended, what the gate said, whether its answers are hidden.
-- Indexes: coach_runs_number_key, coach_run_cases_pkey, coach_run_outputs_once.
select
    runs.id,
    runs.number,
    runs.prompt,
    candidate.number as candidate,
    baseline.number as baseline,
    candidate.sha256,
    runs.cases_as_of,
    runs.tag,
    runs.repeats,
    runs.reuses_answers,
    runs.most_usd,
    runs.seed,
    runs.checker,
    requester.full_name as requested_by,
    runs.requested_at,
    cases.counted as cases,
    progress.done,
    progress.failed,
    progress.cached,
    progress.cost_usd,
    ends.outcome,
    ends.said,
    ender.full_name as ended_by,
    ends.ended_at,
    verdicts.passed,
    verdicts.reasons,
    verdicts.expires_at,
    hidden.review as hidden_by
from coach_runs as runs
inner join coach_prompt_versions as candidate on candidate.id = runs.candidate_id
left join coach_prompt_versions as baseline on baseline.id = runs.baseline_id
left join staff as requester on requester.id = runs.requested_by
cross join lateral (
    select count(*) as counted from coach_run_cases where coach_run_cases.run_id = runs.id
) as cases
cross join lateral public.bee_run_progress(runs.id) as progress
left join public.bee_hidden_runs() as hidden on hidden.run_id = runs.id
left join coach_run_ends as ends on ends.run_id = runs.id
left join staff as ender on ender.id = ends.ended_by
left join coach_gate_verdicts as verdicts on verdicts.run_id = runs.id
where cast(:number as bigint) is null or runs.number = cast(:number as bigint)
order by runs.number desc
limit cast(:most as integer)
