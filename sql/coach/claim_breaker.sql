-- Rows: one where this request is the one that tries a provider again whose pause is over. Index: coach_breakers_pkey.
update coach_breakers
set open_until = cast(:until as timestamptz), changed_at = cast(:now as timestamptz)
where provider = :provider and open_until <= cast(:now as timestamptz)
