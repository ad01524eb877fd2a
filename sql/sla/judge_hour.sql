-- Make what some objectives came to in an hour, by what the requests are charged to. :objectives as in judge_minutes.
-- Rows: one an objective, route, release, prompt and model. Indexes: service_minutes_pkey, objective_hours_pkey.
insert into objective_hours (hour, objective, route, release, prompt, model, good, bad)
select cast(:hour as timestamptz), objective, route, release, prompt, model, greatest(sum(good), 0), sum(bad)
from public.bee_judged(
    array(
        select cast(:hour as timestamptz) + make_interval(mins => minute)
        from generate_series(0, 59) as minutes (minute)
    ),
    cast(:objectives as jsonb)
)
group by objective, route, release, prompt, model
having greatest(sum(good), 0) + sum(bad) > 0
order by objective, route, release, prompt, model
