-- Say of attempts whose worker never told the answer that they may have been delivered, and count as sent from then on;
-- the recorder delivers nothing. Rows: one a notification that nobody had called sent. Indexes:
-- notification_attempts_number_key, momentum_notifications_pkey.
with lost as (
    insert into notification_outcomes (attempt_id, outcome, error, answered_at)
    select
        attempts.id,
        case attempts.via when 'recorder' then 'not_posted' else 'ambiguous' end,
        'its worker never told the answer',
        :now
    from notification_attempts as attempts
    where
        attempts.notification_id = any(cast(:notifications as uuid[]))
        and not exists (select from notification_outcomes as outcomes where outcomes.attempt_id = attempts.id)
    on conflict (attempt_id) do nothing
    returning attempt_id, outcome
)

update momentum_notifications as decided
set sent_at = posted.attempted_at
from (
    select attempts.notification_id, min(attempts.attempted_at) as attempted_at
    from lost
    inner join notification_attempts as attempts on attempts.id = lost.attempt_id
    where lost.outcome = 'ambiguous'
    group by attempts.notification_id
) as posted
where decided.id = posted.notification_id and decided.sent_at is null
