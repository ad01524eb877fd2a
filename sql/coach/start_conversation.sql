-- One row: the conversation begun. Index: none needed.
insert into coach_conversations (user_id, started_at)
values (cast(:user_id as uuid), cast(:now as timestamptz))
returning id
