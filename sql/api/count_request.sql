-- One row: whether a member's request of an area is accepted, and if not, in how many seconds one can be. The row of the member
-- holds the times of the last :most accepted requests, newest first; whoever comes at the same time waits for it.
-- Index: member_requests_pkey.
with counted as (
    insert into member_requests as requests (user_id, area, accepted)
    values (:user_id, :area, array[clock_timestamp()])
    on conflict (user_id, area) do update
    set accepted = clock_timestamp() || requests.accepted[1:cast(:most as integer) - 1]
    where coalesce(
        requests.accepted[cast(:most as integer)] < clock_timestamp() - make_interval(secs => :window_s), true
    )
    returning 1
)
select
    exists (select from counted) as accepted,
    case
        when exists (select from counted) then 0
        else greatest(1, cast(ceil(coalesce(
            (
                select extract(epoch from accepted[cast(:most as integer)] - clock_timestamp()) + :window_s
                from member_requests
                where user_id = :user_id and area = :area
            ),
            :window_s
        )) as integer))
    end as retry_after_s
