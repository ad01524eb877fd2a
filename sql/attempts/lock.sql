-- Let tries of one account, and of one address, follow one another. In one order, so that none waits for ever.
select pg_advisory_xact_lock(keys.key)
from (
    select hashtextextended(names.name, 0) as key
    from (values ('sign-in account ' || :account), ('sign-in address ' || :address)) as names (name)
    order by hashtextextended(names.name, 0)
) as keys
