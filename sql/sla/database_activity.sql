-- A row a login that is connected, by name: how many connections it has, how many of them do something, for how long the longest
-- transaction has lasted, how many wait for a lock. Null where the server does not let that be seen. Index: none.
select login, connections, busy, longest_s, waiting
from public.bee_database_activity()
order by login
