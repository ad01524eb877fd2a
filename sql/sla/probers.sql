-- A row a prober, what it looks at and how, of those heard of since :since, by name: its last tick, and how it got on then.
-- Index: none; there are few.
select prober, target, probe, every_s, release, last_tick_at, seen_at, not_run, waiting
from probers
where seen_at >= :since
order by prober, target, probe desc
