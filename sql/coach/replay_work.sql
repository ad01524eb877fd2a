-- At most one row: a replay that is not over, whether whoever asked for it still may, and what it took so far. Indexes:
-- coach_replays_pkey, coach_replay_ends_pkey, coach_replay_answers_pkey.
select
    replays.id,
    replays.prompt,
    replays.version_id,
    replays.model,
    replays.most_usd,
    replays.requested_by,
    replays.requested_as,
    staff.is_active and replays.requested_as = any(
        array(select 'bee_' || roles.role from unnest(staff.roles) as roles (role))
    ) as may_ask,
    coalesce(
        (select sum(answers.cost_usd) from coach_replay_answers as answers where answers.replay_id = replays.id), 0
    ) as spent_usd
from coach_replays as replays
inner join staff on staff.id = replays.requested_by
where replays.id = cast(:replay_id as uuid)
    and not exists (select from coach_replay_ends as ends where ends.replay_id = replays.id)
