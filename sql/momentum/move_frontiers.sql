-- Say through which day zones are scored. Rows: a zone each. Index: score_frontiers_pkey.
insert into score_frontiers as frontier (time_zone, scored_through)
select zone.name, zone.target
from unnest(cast(:zones as text[]), cast(:targets as date[])) as zone (name, target)
order by zone.name
on conflict (time_zone) do update
set scored_through = greatest(frontier.scored_through, excluded.scored_through), scored_at = now()
