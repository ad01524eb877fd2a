-- Say that posts are about to go out. A row an attempt: its id, and which. Index: notification_attempts_number_key.
insert into notification_attempts (
    notification_id, token_id, number, platform, via, project, collapse_key, worker, attempted_at
)
select
    posts.notification_id, posts.token_id, posts.number, posts.platform, posts.via, posts.project, posts.collapse_key,
    :worker, :now
from jsonb_to_recordset(cast(:posts as jsonb)) as posts (
    notification_id uuid, token_id uuid, number integer, platform text, via text, project text, collapse_key text
)
returning id as attempt_id, notification_id, token_id
