-- Store what would have gone out, unless it was stored before; nothing where the message has gone with its member, or their
-- consent. Rows: one or none. Index: coach_replay_messages_pkey, coach_replay_answers_pkey.
insert into coach_replay_answers
    (replay_id, user_id, request_id, danger, sent, heard, fallback, failed_then, checks, distance, cost_usd)
select
    drawn.replay_id, drawn.user_id, drawn.request_id, :danger, :sent, :heard, :fallback, cast(:failed_then as text[]),
    cast(:checks as jsonb), cast(:distance as real), cast(:cost_usd as numeric)
from coach_replay_messages as drawn
inner join members on members.id = drawn.user_id
where drawn.replay_id = cast(:replay_id as uuid)
    and drawn.user_id = cast(:user_id as uuid)
    and drawn.request_id = cast(:request_id as uuid)
    and members.consents -> 'coaching' = 'true'
on conflict (replay_id, user_id, request_id) do nothing
