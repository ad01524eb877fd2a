-- Make what some objectives came to in an hour without its maintenance, by what the requests are charged to. :objectives as in judge_minutes.
-- Rows: one an objective, route, release, prompt and model. Indexes: service_minutes_pkey, objective_hours_pkey.
insert into objective_hours (hour, objective, route, release, prompt, model, good, bad)
select cast(:hour as timestamptz), objective, route, release, prompt, model, greatest(sum(good), 0), sum(bad)
from public.bee_judged(
    array(
        select minutes.minute
        from generate_series(
            cast(:hour as timestamptz), cast(:hour as timestamptz) + interval '59 minutes', interval '1 minute'
        ) as minutes (minute)
        where
            not exists (
                select
                from public.bee_amended(cast(:hour as timestamptz), cast(:hour as timestamptz) + interval '1 hour')
                    as amendments
                where
                    amendments.kind = 'maintenance'
                    and amendments.starts_at <= minutes.minute
                    and amendments.ends_at > minutes.minute
            )
    ),
    cast(:objectives as jsonb)
)
group by objective, route, release, prompt, model
having greatest(sum(good), 0) + sum(bad) > 0
order by objective, route, release, prompt, model
