-- One row an answer that a run still lacks. In an order by lot that the run's seed fixes, so that neither version is asked
-- at another time of the day than the other. Indexes: coach_run_cases_pkey, coach_run_outputs_once.
select
    cases.case_id,
    arms.arm,
    repeats.number as repeat
from coach_runs as runs
inner join coach_run_cases as cases on cases.run_id = runs.id
cross join lateral unnest(
    case when runs.baseline_id is null then array['candidate'] else array['candidate', 'baseline'] end
) as arms (arm)
cross join lateral generate_series(1, runs.repeats) as repeats (number)
where runs.id = cast(:run_id as uuid)
    and not exists (
        select from coach_run_outputs as outputs
        where outputs.run_id = runs.id
            and outputs.case_id = cases.case_id
            and outputs.arm = arms.arm
            and outputs.repeat = repeats.number
    )
order by md5(runs.seed || '/' || cases.case_id || '/' || arms.arm || '/' || repeats.number), cases.case_id, arms.arm, repeat
