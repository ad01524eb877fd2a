-- Keep the answers to attempts; one that was given up meanwhile stays so. Rows: one an answer.
-- Index: notification_outcomes_pkey.
insert into notification_outcomes (attempt_id, outcome, error, message_id, answered_at)
select answers.attempt_id, answers.outcome, answers.error, answers.message_id, :now
from jsonb_to_recordset(cast(:answers as jsonb)) as answers (
    attempt_id bigint, outcome text, error text, message_id text
)
on conflict (attempt_id) do nothing
