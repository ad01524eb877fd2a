-- Draw the messages of a replay by lot, from its seed, out of those that can be asked again. Rows: as many as were drawn.
-- Index: coach_messages_written, coach_messages_request_key, coach_moments_pkey.
insert into coach_replay_messages (replay_id, user_id, request_id)
select replays.id, asked.user_id, asked.request_id
from coach_replays as replays
inner join coach_messages as asked
    on asked.role = 'member'
    and asked.created_at >= replays.day - interval '1 day'
    and asked.created_at < replays.day + interval '2 days'
inner join members on members.id = asked.user_id and not members.is_synthetic
inner join coach_messages as reply
    on reply.user_id = asked.user_id and reply.request_id = asked.request_id and reply.role = 'coach'
left join coach_moments as kept on kept.user_id = asked.user_id and kept.request_id = asked.request_id
where replays.id = cast(:replay_id as uuid)
    and cast(asked.created_at at time zone members.time_zone as date) = replays.day
    and members.consents -> 'coaching' = 'true'
    -- What was said before there was a consent stays in the house.
    and reply.fallback is distinct from 'no_consent'
    and (asked.crisis or kept.user_id is not null)
order by md5(replays.seed || '/' || asked.request_id || '/' || asked.user_id), asked.number
limit (select most_messages from coach_replays where id = cast(:replay_id as uuid))
