-- A row a moment of the list that is in the ledger already. Index: momentum_notifications_moment_key.
select asked.rule, asked.user_id, asked.key
from unnest(cast(:rules as text[]), cast(:users as uuid[]), cast(:keys as text[])) as asked (rule, user_id, key)
inner join momentum_notifications as decided
    on decided.rule = asked.rule and decided.user_id = asked.user_id and decided.moment = asked.key
order by asked.rule, asked.user_id, asked.key
