-- Make anew what some objectives came to in some minutes, from the requests. :objectives is JSON, a list of objective,
-- areas, indicator and bucket. Rows: one a minute and objective that had an event. Indexes: service_minutes_pkey,
-- objective_minutes_pkey.
insert into objective_minutes as kept (minute, objective, good, bad)
select minute, objective, greatest(sum(good), 0), sum(bad)
from public.bee_judged(cast(:minutes as timestamptz[]), cast(:objectives as jsonb))
group by minute, objective
having greatest(sum(good), 0) + sum(bad) > 0
order by minute, objective
on conflict (minute, objective) do update
set good = excluded.good, bad = excluded.bad
where (kept.good, kept.bad) <> (excluded.good, excluded.bad)
