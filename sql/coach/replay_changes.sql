-- One row an answer of a replay that the role may read, beside what went out then. In the order in which they were written.
-- Index: coach_replay_answers_pkey, coach_messages_request_key.
select
    answers.user_id,
    members.number as person,
    asked.number,
    cast(asked.created_at at time zone members.time_zone as timestamp) as local_at,
    reply.momentum_state as state,
    asked.body as message,
    reply.body as answer,
    reply.model as answered_by,
    reply.prompt,
    reply.fallback as fallback_then,
    answers.danger,
    answers.sent,
    answers.heard,
    answers.fallback,
    answers.failed_then,
    answers.checks,
    answers.distance,
    answers.cost_usd
from coach_replay_answers as answers
inner join members on members.id = answers.user_id
inner join coach_messages as asked
    on asked.user_id = answers.user_id and asked.request_id = answers.request_id and asked.role = 'member'
inner join coach_messages as reply
    on reply.user_id = answers.user_id and reply.request_id = answers.request_id and reply.role = 'coach'
where answers.replay_id = cast(:replay_id as uuid)
order by asked.number
