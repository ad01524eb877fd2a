-- Ask for a replay, in the role that is acted in. Rows: one, its id and number. Index: coach_replays_pkey.
insert into coach_replays
    (prompt, version_id, model, day, written, unconsented, not_kept, askable, most_messages, most_usd, seed, requested_by,
        requested_as)
values
    (:prompt, cast(:version_id as uuid), :model, cast(:day as date), :written, :unconsented, :not_kept, :askable,
        :most_messages, cast(:most_usd as numeric), :seed, cast(:requested_by as uuid), current_user)
returning id, number
