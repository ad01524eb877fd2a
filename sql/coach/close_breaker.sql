-- Rows: one where a provider that had failed answers again. Index: coach_breakers_pkey.
update coach_breakers
set failures = 0, open_until = null, because = 'answered', changed_at = cast(:now as timestamptz)
where provider = :provider and (failures > 0 or open_until is not null)
