-- One row a message of a replay that has no answer yet, of a member who consents and whom the role may read, with what its
-- answer rested on. In the order in which they were drawn. Index: coach_replay_messages_pkey, coach_replay_answers_pkey,
-- coach_messages_request_key, coach_moments_pkey.
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
from coach_replays as replays
inner join coach_replay_messages as drawn on drawn.replay_id = replays.id
inner join members on members.id = drawn.user_id
inner join coach_messages as asked
    on asked.user_id = drawn.user_id and asked.request_id = drawn.request_id and asked.role = 'member'
inner join coach_messages as reply
    on reply.user_id = drawn.user_id and reply.request_id = drawn.request_id and reply.role = 'coach'
left join coach_moments as kept on kept.user_id = drawn.user_id and kept.request_id = drawn.request_id
where replays.id = cast(:replay_id as uuid)
    and members.consents -> 'coaching' = 'true'
    and (asked.crisis or kept.user_id is not null)
    and not exists (
        select from coach_replay_answers as answers
        where answers.replay_id = drawn.replay_id
            and answers.user_id = drawn.user_id
            and answers.request_id = drawn.request_id
    )
order by md5(replays.seed || '/' || asked.request_id || '/' || asked.user_id), asked.number
limit cast(:most as integer)
