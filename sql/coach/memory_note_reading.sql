-- Rows: one, that a message was read; none where it was read before. Index: coach_memory_readings_pkey.
insert into coach_memory_readings (message_id, user_id, said_at, rules, proposals, read_at)
values (
    cast(:message_id as uuid), cast(:user_id as uuid), cast(:said_at as timestamptz), :rules, :proposals,
    cast(:now as timestamptz)
)
on conflict (message_id) do nothing
