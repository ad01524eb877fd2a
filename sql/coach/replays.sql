-- One row a replay of a day, newest first: what was asked for, how far it is with the messages that the role may read, and
-- how it ended. `waiting`: messages that can still be asked. Indexes: coach_replays_day, coach_replay_messages_pkey,
-- coach_replay_answers_pkey.
select
    replays.id,
    replays.number,
    versions.number as version,
    replays.model,
    replays.day,
    replays.written,
    replays.unconsented,
    replays.not_kept,
    replays.askable,
    replays.most_messages,
    replays.most_usd,
    replays.seed,
    requester.full_name as requested_by,
    replays.requested_at,
    drawn.counted as seen,
    drawn.waiting,
    answers.counted as done,
    answers.cost_usd,
    ends.outcome,
    ends.said,
    ender.full_name as ended_by
from coach_replays as replays
inner join coach_prompt_versions as versions on versions.id = replays.version_id
left join staff as requester on requester.id = replays.requested_by
cross join lateral (
    select
        count(*) as counted,
        count(*) filter (
            where members.consents -> 'coaching' = 'true'
                and not exists (
                    select from coach_replay_answers as answers
                    where answers.replay_id = messages.replay_id
                        and answers.user_id = messages.user_id
                        and answers.request_id = messages.request_id
                )
        ) as waiting
    from coach_replay_messages as messages
    inner join members on members.id = messages.user_id
    where messages.replay_id = replays.id
) as drawn
cross join lateral (
    select count(*) as counted, coalesce(sum(answers.cost_usd), 0) as cost_usd
    from coach_replay_answers as answers
    where answers.replay_id = replays.id
) as answers
left join coach_replay_ends as ends on ends.replay_id = replays.id
left join staff as ender on ender.id = ends.ended_by
where replays.day = cast(:day as date)
order by replays.number desc
limit cast(:most as integer)
