-- One row a message of a member to the coach on a day of their own, with what was answered and, where it is still kept, what
-- that rested on; of one member, or of all whom the role may read. In the order in which they were written.
-- Index: members_coach, coach_messages_member, coach_messages_request_key, coach_moments_pkey.
select
    asked.user_id,
    members.number as person,
    asked.request_id,
    asked.number,
    asked.body as message,
    asked.created_at as asked_at,
    cast(asked.created_at at time zone members.time_zone as timestamp) as local_at,
    asked.crisis,
    asked.category,
    reply.body as answer,
    reply.model as answered_by,
    reply.prompt,
    reply.fallback,
    kept.user_id is not null as is_kept,
    reply.momentum_state as state,
    coalesce(kept.memory_ids, '{}') as memory_ids,
    coalesce(kept.message_numbers, '{}') as message_numbers,
    kept.prompt_sha256,
    kept.provider,
    kept.model,
    kept.mask_version,
    kept.request
from members
inner join coach_messages as asked on asked.user_id = members.id and asked.role = 'member'
inner join coach_messages as reply
    on reply.user_id = asked.user_id and reply.request_id = asked.request_id and reply.role = 'coach'
left join coach_moments as kept on kept.user_id = asked.user_id and kept.request_id = asked.request_id
where (cast(:user_id as uuid) is null or members.id = cast(:user_id as uuid))
    and not members.is_synthetic
    and asked.created_at >= cast(:day as date) - interval '1 day'
    and asked.created_at < cast(:day as date) + interval '2 days'
    and cast(asked.created_at at time zone members.time_zone as date) = cast(:day as date)
order by asked.number
limit cast(:most as integer)
