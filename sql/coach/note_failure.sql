-- Rows: one. One more failure of a provider; after so many in a row, or where it asks for it, it is left alone until then.
-- Index: coach_breakers_pkey.
insert into coach_breakers (provider, failures, because, open_until, changed_at)
values (
    :provider,
    1,
    :because,
    case when cast(:most as integer) <= 1 or :at_once then cast(:until as timestamptz) end,
    cast(:now as timestamptz)
)
on conflict (provider) do update set
    failures = coach_breakers.failures + 1,
    because = excluded.because,
    open_until = case
        when coach_breakers.failures + 1 >= cast(:most as integer) or :at_once
            then greatest(coach_breakers.open_until, cast(:until as timestamptz))
        else coach_breakers.open_until
    end,
    changed_at = excluded.changed_at
