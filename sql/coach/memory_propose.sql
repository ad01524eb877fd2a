-- At most one row: the proposal added; none where the same one waits. Index: coach_memory_proposed.
insert into coach_memory (user_id, trait_key, trait_value, source, status, valid_from, message_id)
values (
    cast(:user_id as uuid), :key, :value, 'conversation', 'proposed', cast(:said_at as timestamptz), cast(:message_id as uuid)
)
on conflict (user_id, trait_key) where status = 'proposed' do nothing
returning id
