-- One row: how many messages were written on a day of their members' own by all whom the role may read, without consent then
-- or now, without what their answers rested on, and those that can be asked again; and whether the day is over for all of
-- them. Danger rests on nothing. Index: coach_messages_written, coach_messages_request_key, coach_moments_pkey.
select
    count(*) as written,
    count(*) filter (where not messages.consents) as unconsented,
    count(*) filter (where messages.consents and not messages.is_kept) as not_kept,
    count(*) filter (where messages.consents and messages.is_kept) as askable,
    not exists (
        select from members
        where not members.is_synthetic
            and cast(cast(:now as timestamptz) at time zone members.time_zone as date) <= cast(:day as date)
    ) as is_over
from (
    select
        coalesce(members.consents -> 'coaching' = 'true', false) and reply.fallback is distinct from 'no_consent'
            as consents,
        asked.crisis or kept.user_id is not null as is_kept
    from coach_messages as asked
    inner join members on members.id = asked.user_id and not members.is_synthetic
    inner join coach_messages as reply
        on reply.user_id = asked.user_id and reply.request_id = asked.request_id and reply.role = 'coach'
    left join coach_moments as kept on kept.user_id = asked.user_id and kept.request_id = asked.request_id
    where asked.role = 'member'
        and asked.created_at >= cast(:day as date) - interval '1 day'
        and asked.created_at < cast(:day as date) + interval '2 days'
        and cast(asked.created_at at time zone members.time_zone as date) = cast(:day as date)
) as messages
