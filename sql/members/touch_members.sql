-- Marks members as due for scoring from a day each; the earliest of several touches counts.
insert into score_dues as due (user_id, from_date)
select touched.user_id, touched.from_date
from unnest(cast(:members as uuid[]), cast(:first_days as date[])) as touched (user_id, from_date)
order by touched.user_id
on conflict (user_id) do update
set from_date = least(due.from_date, excluded.from_date), touched_at = excluded.touched_at, seq = due.seq + 1
