-- Rows: one where the member has such a reply, none otherwise. Index: coach_messages_request_key, coach_feedback_pkey.
insert into coach_feedback (user_id, request_id, is_helpful, said_at)
select user_id, request_id, :is_helpful, cast(:now as timestamptz)
from coach_messages
where user_id = cast(:user_id as uuid) and request_id = cast(:request_id as uuid) and role = 'coach'
on conflict (user_id, request_id) do update set is_helpful = excluded.is_helpful, said_at = excluded.said_at
