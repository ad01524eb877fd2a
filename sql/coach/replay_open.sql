-- One row a replay that is not over, the oldest first, and why its work was given up where it was. Indexes:
-- coach_replay_ends_pkey, jobs_history.
select
    replays.id,
    (
        select coalesce(jobs.error, 'no reason given')
        from jobs
        where jobs.kind = 'coach_replay' and jobs.key = cast(replays.id as text) and jobs.outcome = 'failed'
        order by jobs.id desc
        limit 1
    ) as given_up
from coach_replays as replays
where not exists (select from coach_replay_ends as ends where ends.replay_id = replays.id)
order by replays.number
