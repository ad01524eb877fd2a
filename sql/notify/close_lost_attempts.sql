-- Say of attempts whose worker never told the answer that they may have been delivered. Rows: one an attempt.
-- Index: notification_attempts_number_key.
insert into notification_outcomes (attempt_id, outcome, error, answered_at)
select attempts.id, 'ambiguous', 'its worker never told the answer', :now
from notification_attempts as attempts
where
    attempts.notification_id = any(cast(:notifications as uuid[]))
    and not exists (select from notification_outcomes as outcomes where outcomes.attempt_id = attempts.id)
on conflict (attempt_id) do nothing
