-- A row a moment of the list that is decided: it is in the ledger, or another version of its rule decided about one of the
-- days that it looks at, about a later one, or about the same silence. Order: rule, member, key. Index:
-- momentum_notifications_moment_key.
select asked.rule, asked.user_id, asked.key
from unnest(
    cast(:rules as text[]),
    cast(:versions as integer[]),
    cast(:users as uuid[]),
    cast(:keys as text[]),
    cast(:days as date[]),
    cast(:silences as timestamptz[])
) as asked (rule, version, user_id, key, looks_from, silent_since)
where exists (
    select
    from momentum_notifications as decided
    where decided.rule = asked.rule
        and decided.user_id = asked.user_id
        and (
            decided.moment = asked.key
            or (
                decided.rule_version <> asked.version
                and (decided.trigger_date >= asked.looks_from or decided.silent_since = asked.silent_since)
            )
        )
)
order by asked.rule, asked.user_id, asked.key
