-- Adds the demo coaches that are not there yet. They come without a password, so nobody can sign in as one of them.
insert into staff (id, email, full_name, roles, is_demo)
select coach.id, coach.email, coach.full_name, array['coach'], true
from unnest(cast(:ids as uuid[]), cast(:emails as text[]), cast(:names as text[])) as coach (id, email, full_name)
order by coach.email
on conflict (email) do nothing
