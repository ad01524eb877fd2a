-- Say how a replay ended, unless it did before. Rows: one or none. Index: coach_replay_ends_pkey.
insert into coach_replay_ends (replay_id, outcome, said, ended_by)
values (cast(:replay_id as uuid), :outcome, :said, cast(:ended_by as uuid))
on conflict (replay_id) do nothing
