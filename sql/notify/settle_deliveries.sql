-- Say what became of deliveries that this worker has: finished, or to be tried again later; what did not leave although it
-- was due is put off since it was, however often it is tried. Rows: those that are this
-- worker's still. Index: notification_deliveries_pkey.
update notification_deliveries as deliveries
set
    claimed_by = null,
    claimed_at = null,
    available_at = coalesce(settled.available_at, deliveries.available_at),
    put_off_since = case when not settled.is_quiet then coalesce(deliveries.put_off_since, deliveries.available_at) end,
    finished_at = case when settled.outcome is not null then cast(:now as timestamptz) end,
    outcome = settled.outcome,
    reason = settled.reason
from jsonb_to_recordset(cast(:settled as jsonb)) as settled (
    notification_id uuid, available_at timestamptz, is_quiet boolean, outcome text, reason text
)
where
    deliveries.notification_id = settled.notification_id
    and deliveries.claimed_by = :worker
    and deliveries.finished_at is null
