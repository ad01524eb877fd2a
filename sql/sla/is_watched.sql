-- One row: whether a minute was watched. Index: alert_passes_pkey.
select exists (select from alert_passes where minute = cast(:minute as timestamptz))
