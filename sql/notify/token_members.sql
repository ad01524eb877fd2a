-- A row a way in which members who are here can or can't be reached, by its name: fresh and stale are what the best of their
-- addresses in use is; the others have none in use any more, or never had one. Index: user_fcm_tokens_user_token_key.
with best as (
    select
        members.id,
        max(tokens.last_seen_at) filter (where tokens.is_active) as seen_at,
        count(tokens.id) as addresses
    from members
    left join user_fcm_tokens as tokens
        on tokens.user_id = members.id
        and (cast(:platform as text) is null or tokens.platform = cast(:platform as text))
    where
        not members.is_synthetic
        and (members.left_on is null or members.left_on > cast(cast(:now as timestamptz) as date))
        and (
            cast(:segment as text) = 'all'
            or members.id in (select public.bee_members_in(cast(:segment as text)))
        )
    group by members.id
)

select
    case
        when seen_at >= cast(:now as timestamptz) - make_interval(days => cast(:stale_days as integer)) then 'fresh'
        when seen_at >= cast(:now as timestamptz) - make_interval(days => cast(:expired_days as integer))
        then 'stale'
        when addresses > 0 then 'lost'
        else 'never'
    end as way,
    count(*) as members
from best
group by way
order by way
