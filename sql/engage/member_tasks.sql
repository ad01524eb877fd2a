-- A row a task of a member's coach that was asked for between two days, where the member lives, oldest first. For the roles
-- coach and admin only. Index: coach_interventions_member.
select
    cast(tasks.created_at at time zone members.time_zone as date) as day,
    tasks.priority,
    tasks.due_at,
    tasks.done_at,
    tasks.outcome
from coach_interventions as tasks
inner join members on members.id = tasks.user_id
where
    tasks.user_id = cast(:member_id as uuid)
    and cast(tasks.created_at at time zone members.time_zone as date)
    between cast(:start as date) and cast(:end as date)
order by tasks.created_at, tasks.id
