-- A row a listed request that was bad for an objective, from :since and before :until, the newest first, :most at most, with the
-- number of the member who asked; nobody's where there was none, and the prober's. Indexes: bad_requests_minute, members_pkey.
select
    bad.at,
    bad.route,
    bad.release,
    bad.prompt,
    bad.model,
    bad.status,
    bad.seconds,
    bad.first_byte_s,
    bad.request_id,
    members.number
from bad_requests as bad
left join members on members.id = bad.user_id and not members.is_synthetic
where
    bad.minute >= :since
    and bad.minute < :until
    and cast(:objective as text) = any(bad.spent)
    and (cast(:route as text) is null or bad.route = :route)
    and (cast(:release as text) is null or bad.release = :release)
order by bad.minute desc, bad.at desc, bad.id desc
limit cast(:most as integer)
