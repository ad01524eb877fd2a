-- A row a provider of models or a platform of the push service that is left alone now, by name: until when and why.
-- Indexes: none; there are few.
select kind, name, open_until, because
from (
    select 'model' as kind, provider as name, open_until, because
    from coach_breakers
    union all
    select 'push', platform, open_until, because
    from notification_breakers
) as breakers
where open_until > cast(:now as timestamptz)
order by kind, name
