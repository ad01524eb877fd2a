-- Open a breaker, or keep it open for longer. Rows: one. Index: notification_breakers_pkey.
insert into notification_breakers as breaker (project, platform, opened_at, open_until, because)
values (:project, :platform, :now, :open_until, :because)
on conflict (project, platform) do update
set
    opened_at = excluded.opened_at,
    open_until = greatest(breaker.open_until, excluded.open_until),
    because = excluded.because
