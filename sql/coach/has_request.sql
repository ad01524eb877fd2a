-- One row: whether a request of a member is stored. Index: coach_messages_request_key.
select exists (
    select
    from coach_messages
    where user_id = cast(:user_id as uuid) and request_id = cast(:request_id as uuid)
)
