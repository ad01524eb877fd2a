-- One row: whether this transaction is the one that watches a minute, which nobody has watched yet. Held until it ends.
-- Index: alert_passes_pkey.
select
    pg_try_advisory_xact_lock(hashtextextended('bee alerts', 0))
    and not exists (select from alert_passes where minute = cast(:minute as timestamptz))
