-- One row: how many tasks that a role may see are open, overdue, due within a day, and were done since :done_since, and how
-- many of those reached the member. Indexes: coach_interventions_open, coach_interventions_done.
select
    count(*) filter (where tasks.done_at is null) as open,
    count(*) filter (where tasks.done_at is null and tasks.due_at < cast(:now as timestamptz)) as overdue,
    count(*) filter (
        where
            tasks.done_at is null
            and tasks.due_at >= cast(:now as timestamptz)
            and tasks.due_at < cast(:now as timestamptz) + interval '24 hours'
    ) as due_in_a_day,
    count(*) filter (where tasks.done_at is not null) as done,
    count(*) filter (where tasks.outcome = 'reached') as reached
from coach_interventions as tasks
inner join members on members.id = tasks.user_id and not members.is_synthetic
where
    (tasks.done_at is null or tasks.done_at >= cast(:done_since as timestamptz))
    and (
        cast(:coach as text) is null
        or coalesce(cast(members.coach_id as text), 'nobody') = cast(:coach as text)
    )
