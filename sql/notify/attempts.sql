-- A row an attempt of notifications of the list, in order: to which device, and what came of it; null while nobody
-- knows. Indexes: notification_attempts_number_key, notification_outcomes_pkey.
select attempts.notification_id, attempts.token_id, attempts.number, outcomes.outcome, outcomes.error
from notification_attempts as attempts
left join notification_outcomes as outcomes on outcomes.attempt_id = attempts.id
where attempts.notification_id = any(cast(:notifications as uuid[]))
order by attempts.notification_id, attempts.token_id, attempts.number
