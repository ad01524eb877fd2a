-- A row a platform and age of the addresses that are in use, in that order: how many, and of members who are made up. Index:
-- none; a scan.
select
    tokens.platform,
    case
        when tokens.last_seen_at < cast(:now as timestamptz) - make_interval(days => cast(:expired_days as integer))
        then 'expired'
        when tokens.last_seen_at < cast(:now as timestamptz) - make_interval(days => cast(:stale_days as integer))
        then 'stale'
        else 'fresh'
    end as age,
    count(*) as addresses,
    count(*) filter (where members.is_demo) as demo
from user_fcm_tokens as tokens
inner join members on members.id = tokens.user_id and not members.is_synthetic
where
    tokens.is_active
    and (cast(:platform as text) is null or tokens.platform = cast(:platform as text))
    and (
        cast(:segment as text) = 'all'
        or tokens.user_id in (select public.bee_members_in(cast(:segment as text)))
    )
group by tokens.platform, age
order by tokens.platform, age
