-- Say that a member is to be scored again from a day on. Rows: one. Index: score_dues_pkey.
insert into score_dues as due (user_id, from_date)
values (:member_id, :day)
on conflict (user_id) do update
set from_date = least(due.from_date, excluded.from_date), touched_at = excluded.touched_at, seq = due.seq + 1
