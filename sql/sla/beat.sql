-- Say that a worker goes on; not more often than every few seconds. Rows: one, or none so soon. Index: worker_beats_pkey.
insert into worker_beats as known (worker, release, beat_at)
values (:worker, :release, :now)
on conflict (worker) do update
set release = excluded.release, beat_at = excluded.beat_at
where known.beat_at not between excluded.beat_at - make_interval(secs => :every_s) and excluded.beat_at
